import { errorCode } from "../disk/error-code.ts";
import { QmError } from "../text/errors.ts";
import { escapeControls } from "../text/escape.ts";
import { shortPath } from "../text/paths.ts";
import { describeProblem, ProblemsError } from "../text/problem.ts";
import { type Io, styleFor } from "./terminal/output.ts";

/**
 * Tells an error on stderr (what, where, how to mend it) and gives the exit code that it means; `usageMend` is how to
 * mend a misuse that does not say so itself.
 */
export function reportError(error: unknown, io: Io, usageMend?: string): number {
  const { red } = styleFor(io.stderr, io.env);
  const known = error instanceof QmError ? error : asSystemError(error);
  const message = known?.message ?? `unexpected: ${error instanceof Error ? error.message : String(error)}`;
  io.stderr.write(`${red("qm:")} ${escapeControls(message)}\n`);
  for (const line of detailsOf(known, usageMend)) io.stderr.write(`  ${escapeControls(line)}\n`);
  if (known === undefined)
    io.stderr.write("  to mend:  report it; QM_DEBUG=1 in the environment shows where it came from\n");
  writeStackIfAsked(error, io);
  return known?.exitCode ?? 1;
}

const MENDS: ReadonlyMap<string, string> = new Map([
  ["EACCES", "ask for the right to, or do it as the folder's owner"],
  ["EPERM", "ask for the right to, or do it as the folder's owner"],
  [
    "ENAMETOOLONG",
    "folders lie too deep in one another for the system: move what is inside higher, then try again",
  ],
  ["EROFS", "the file system is mounted read-only"],
  ["ENOSPC", "make room on the disk: a few large files, or many small ones where no inode is free"],
  ["EDQUOT", "make room: the user's share of the disk is used up"],
  ["ENOENT", "look at the queue with `qm status`: something has moved on"],
]);

// A refusal by the system is no fault of the program.
function asSystemError(error: unknown): QmError | undefined {
  const code = errorCode(error);
  const mend = MENDS.get(code ?? "");
  if (!(error instanceof Error) || code === undefined || mend === undefined) return undefined;
  const place = "path" in error && typeof error.path === "string" ? { path: error.path } : {};
  const [reason = code] = error.message.split(", ");
  return new QmError("failed", `the system refuses it: ${reason}`, { ...place, mend, cause: error });
}

function detailsOf(error: QmError | undefined, usageMend: string | undefined): string[] {
  if (error === undefined) return [];
  const problems = error instanceof ProblemsError ? error.problems.map(describeProblem) : [];
  const details = [
    ["where:   ", error.path === undefined ? undefined : shortPath(error.path)],
    ["tried to:", error.tried],
    ["to mend: ", error.mend ?? (error.code === "usage" ? usageMend : undefined)],
  ];
  return [
    ...problems,
    ...details.flatMap(([label, text]) => (text === undefined ? [] : [`${label} ${text}`])),
  ];
}

// A stack helps only to find a fault of the program itself.
function writeStackIfAsked(error: unknown, io: Io): void {
  const asked = (io.env["QM_DEBUG"] ?? "") !== "";
  if (asked && error instanceof Error) io.stderr.write(`${error.stack ?? ""}\n`);
}
