import type { CfgEntry } from "../formats/cfg.ts";
import { quoted } from "../text/escape.ts";
import type { Problem } from "../text/problem.ts";
import { type Filled, fillVariables } from "../text/variables.ts";
import { JOB_ENVIRONMENT } from "./parser.ts";
import { type Reading, textOf, warnOfComment } from "./reading.ts";

/** The clauses of a problem. */
type Fault = Pick<Problem, "wrong" | "right">;

/**
 * Reads `[JobEnvironment]`: names keep the case in which they are written; those beginning with QM_ are refused. `$NAME` is
 * filled in from the environment.
 */
export function readJobEnvironment(reading: Reading): Readonly<Record<string, string>> {
  const variables: [string, string][] = [];
  for (const entry of reading.entries.get(JOB_ENVIRONMENT.toLowerCase())?.values() ?? []) {
    const written = textOf(reading, entry);
    const value = written === undefined ? undefined : filledIn(reading, entry, written);
    if (written === undefined || value === undefined) continue;
    variables.push([entry.key, value]);
    warnOfComment(reading, entry, written);
    note(reading, entry, written);
  }
  return Object.fromEntries(variables);
}

/** The value with its variables filled in; undefined where it is faulty, which is noted. */
function filledIn(reading: Reading, entry: CfgEntry, written: string): string | undefined {
  const { file, problems, lacking, surroundings } = reading;
  const { key, line } = entry;
  const fault = faultOf(key, written);
  const filled = fillVariables(written, surroundings.variables);
  if (fault === undefined && filled.kind === "ok") return filled.value;
  const isPerhapsKnown = fault === undefined && filled.kind === "unknown" && surroundings.mayLackVariables;
  const told = fault ?? faultOfVariable(reading, entry, filled);
  if (told !== undefined) (isPerhapsKnown ? lacking : problems).push({ file, line, key, ...told });
  return isPerhapsKnown ? written : undefined;
}

function faultOfVariable({ entries }: Reading, { key }: CfgEntry, filled: Filled): Fault | undefined {
  if (filled.kind === "ok") return undefined;
  if (filled.kind === "malformed") {
    const right =
      "should be $NAME or \x24{NAME}, a variable of the manager's environment; write $$ for a dollar sign";
    return { wrong: `holds ${quoted(filled.at)}, as only a shell fills it in`, right };
  }
  const { name } = filled;
  const isSibling = name !== key && entries.get(JOB_ENVIRONMENT.toLowerCase())?.has(name.toLowerCase());
  const otherwise = isSibling
    ? `write %(${name})s for the key of this section`
    : "start it with that variable";
  const right = `should name a variable of the manager's environment: ${otherwise}, or write $$ for a dollar sign`;
  return { wrong: `refers to $${name}, which is not in the environment`, right };
}

function faultOf(name: string, value: string): Fault | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const right = "should be letters, digits and `_`, beginning with a letter or `_`";
    return { wrong: "is not a variable's name", right };
  }
  if (/^QM_/i.test(name)) return { wrong: "is a reserved name", right: "should not begin with QM_" };
  if (value.includes("\0")) return { wrong: "holds a NUL character", right: "should be text" };
  return undefined;
}

function note(reading: Reading, { key, line }: CfgEntry, value: string): void {
  const isSecret = /pass(?:w|phrase)|secret|token|credential|api_?key/i.test(key);
  reading.settings.push({
    section: JOB_ENVIRONMENT,
    key,
    value: isSecret ? "***" : value,
    origin: { kind: "file", file: reading.file, line },
    doc: "A variable in the environment of every job.",
  });
}
