import type { CfgEntry } from "../formats/cfg.ts";
import { commentHint, commentWarning } from "../job/info-check.ts";
import { quoted } from "../text/escape.ts";
import type { Problem } from "../text/problem.ts";
import type { Origin, Setting } from "./config.ts";
import { maskPassword } from "./mail-values.ts";
import type { KeySpec, Surroundings, ValuesOf } from "./parser.ts";

/** A configuration while it is read: what the file says, and what has been found out so far. */
export interface Reading {
  /** Absolute; "" when there is no file. */
  readonly file: string;
  /** The file's entries by lower-case section, then lower-case key. */
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, CfgEntry>>;
  readonly surroundings: Surroundings;
  readonly settings: Setting[];
  readonly problems: Problem[];
  readonly warnings: Problem[];
  /** Told in place of problems where the process may lack variables. */
  readonly lacking: Problem[];
}

/** Reads every key of a group; a wrong value is noted as a problem and its default stands in. */
export function valuesOf<Keys extends Readonly<Record<string, KeySpec<unknown>>>>(
  reading: Reading,
  keys: Keys,
): ValuesOf<Keys> {
  const values = Object.entries(keys).map(([name, key]) => [name, readKey(reading, key)]);
  // Object.fromEntries cannot know that each name of `keys` now has the value that its parser gives.
  return Object.fromEntries(values) as ValuesOf<Keys>;
}

/** The text of an entry with its references filled in; a reference that leads nowhere is noted as a problem. */
export function textOf(reading: Reading, entry: CfgEntry): string | undefined {
  const text = entry.value;
  if (text.kind === "ok") return text.value;
  reading.problems.push(...text.problems);
  return undefined;
}

function readKey(reading: Reading, key: KeySpec<unknown>): unknown {
  const { queueFolder } = reading.surroundings;
  if (key.name === "QM_FOLDER" && queueFolder !== undefined) {
    note(reading, key, queueFolder, { kind: "environment", variable: key.name });
    return queueFolder;
  }
  const entry = reading.entries.get(key.section.toLowerCase())?.get(key.name.toLowerCase());
  const text = entry && textOf(reading, entry);
  if (entry === undefined || text === undefined || text === "") return defaultOf(reading, key);
  const { file } = reading;
  const parsed = key.parse(text, reading.surroundings);
  if (parsed.kind === "ok") {
    warnOfComment(reading, { key: key.name, line: entry.line }, text);
    note(reading, key, parsed.shown ?? text, { kind: "file", file, line: entry.line });
    return parsed.value;
  }
  const wrong = `is ${quoted(maskPassword(text))}`;
  reading.problems.push({
    file,
    line: entry.line,
    key: key.name,
    wrong,
    right: parsed.right + hintFor(text),
  });
  return defaultOf(reading, key);
}

function defaultOf(reading: Reading, key: KeySpec<unknown>): unknown {
  const text = typeof key.fallback === "string" ? key.fallback : key.fallback(reading.surroundings);
  const parsed = key.parse(text, reading.surroundings);
  if (parsed.kind === "wrong") throw new Error(`the default of ${key.name} is wrong: ${parsed.right}`);
  const because = key.because?.(reading.surroundings);
  note(reading, key, parsed.shown ?? text, { kind: "default", ...(because !== undefined && { because }) });
  return parsed.value;
}

function note(reading: Reading, key: KeySpec<unknown>, value: string, origin: Origin): void {
  reading.settings.push({ section: key.section, key: key.name, value, origin, doc: key.doc });
}

/** Warns of a value with a comment behind it, which the value then holds. */
export function warnOfComment(
  { file, warnings }: Reading,
  { key, line }: Pick<CfgEntry, "key" | "line">,
  text: string,
): void {
  const warning = commentWarning(text);
  if (warning !== undefined) warnings.push({ file, line, key, ...warning });
}

function hintFor(text: string): string {
  return text.includes("\n") ? " (an indented line belongs to the value above it)" : commentHint(text);
}
