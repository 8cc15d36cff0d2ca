import type { CfgEntry } from "../formats/cfg.ts";
import { JOB_ENVIRONMENT } from "./key.ts";
import { type Reading, textOf } from "./reading.ts";

/** Reads `[JobEnvironment]`: names keep the case in which they are written; those beginning with QM_ are refused. */
export function readJobEnvironment(reading: Reading): Readonly<Record<string, string>> {
  const variables: [string, string][] = [];
  for (const entry of reading.entries.get(JOB_ENVIRONMENT.toLowerCase())?.values() ?? []) {
    const value = textOf(reading, entry);
    if (value !== undefined && isFaultless(reading, entry, value)) {
      variables.push([entry.key, value]);
      note(reading, entry, value);
    }
  }
  return Object.fromEntries(variables);
}

function isFaultless(reading: Reading, { key, line }: CfgEntry, value: string): boolean {
  const fault = faultOf(key, value);
  if (fault !== undefined) reading.problems.push({ file: reading.file, line, key, ...fault });
  return fault === undefined;
}

function faultOf(name: string, value: string): { wrong: string; right: string } | undefined {
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
