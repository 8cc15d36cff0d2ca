import { QmError } from "../core/errors.ts";
import { escapeControls } from "../core/escape.ts";
import { describeProblem } from "../core/problem.ts";
import type { Io } from "./io.ts";
import { ProblemsError } from "./problems-error.ts";
import { styleFor } from "./style.ts";

/** Tells an error on stderr (what, where, how to mend it) and gives the exit code that it means. */
export function reportError(error: unknown, io: Io): number {
  const { red } = styleFor(io.stderr, io.env);
  const known = error instanceof QmError ? error : undefined;
  const message = known?.message ?? `unexpected: ${error instanceof Error ? error.message : String(error)}`;
  io.stderr.write(`${red("qm:")} ${escapeControls(message)}\n`);
  for (const line of detailsOf(error)) io.stderr.write(`  ${escapeControls(line)}\n`);
  if (known === undefined) writeStack(error, io);
  return known?.exitCode ?? 1;
}

function detailsOf(error: unknown): string[] {
  if (!(error instanceof QmError)) return [];
  const problems = error instanceof ProblemsError ? error.problems.map(describeProblem) : [];
  const details = [
    ["where:   ", error.path],
    ["tried to:", error.tried],
    ["to mend: ", error.mend],
  ];
  return [
    ...problems,
    ...details.flatMap(([label, text]) => (text === undefined ? [] : [`${label} ${text}`])),
  ];
}

// A stack is for whoever looks for a fault of the program itself, and asks for it.
function writeStack(error: unknown, io: Io): void {
  const asked = (io.env["QM_DEBUG"] ?? "") !== "";
  if (asked && error instanceof Error) io.stderr.write(`${error.stack ?? ""}\n`);
  else io.stderr.write("  to mend:  report it; QM_DEBUG=1 in the environment shows where it came from\n");
}
