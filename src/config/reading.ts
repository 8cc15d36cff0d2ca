import type { CfgEntry } from "../formats/cfg.ts";
import { commentHint, commentWarning } from "../job/info-check.ts";
import { quoted } from "../text/escape.ts";
import type { Fault, Problem } from "../text/problem.ts";
import type { Origin, Setting } from "./config.ts";
import { JOB_ENVIRONMENT, type KeySpec, type Surroundings, type ValuesOf } from "./parser.ts";
import { maskPassword } from "./schema-mail.ts";

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
function textOf(reading: Reading, entry: CfgEntry): string | undefined {
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
  const { line } = entry;
  const parsed = key.parse(text, reading.surroundings);
  if (parsed.kind === "ok") {
    noteWritten(reading, key, line, text, parsed.shown);
    return parsed.value;
  }
  const wrong = `is ${quoted(maskPassword(text))}`;
  const right = parsed.right + hintFor(text);
  reading.problems.push({ file: reading.file, line, key: key.name, wrong, right });
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

type Noted = Pick<KeySpec<unknown>, "section" | "name" | "doc">;

/** Notes a value of the file; a comment behind it, which it then holds, is warned of. */
function noteWritten(reading: Reading, key: Noted, line: number, text: string, shown = text): void {
  const { file, warnings } = reading;
  const warning = commentWarning(text);
  if (warning !== undefined) warnings.push({ file, line, key: key.name, ...warning });
  note(reading, key, shown, { kind: "file", file, line });
}

function note({ settings }: Reading, { section, name, doc }: Noted, value: string, origin: Origin): void {
  settings.push({ section, key: name, value, origin, doc });
}

function hintFor(text: string): string {
  return text.includes("\n") ? " (an indented line belongs to the value above it)" : commentHint(text);
}

const SECRET_NAME = /pass(?:w|phrase)|secret|token|credential|api_?key/i;
const VARIABLE = { section: JOB_ENVIRONMENT, doc: "A variable in the environment of every job." } as const;

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
    const shown = SECRET_NAME.test(entry.key) ? "***" : written;
    noteWritten(reading, { ...VARIABLE, name: entry.key }, entry.line, written, shown);
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
/** A text with its variables filled in, or what is wrong with one of them, as the clauses of a problem. */
type Filled =
  | { readonly kind: "ok"; readonly value: string }
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "malformed"; readonly at: string };

/** `$$`, `$NAME`, `${NAME}`; else what looks like a shell's, which nothing here would carry out. */
const DOLLAR = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}|([{(\d][^\s:]*))/g;

/**
 * Fills in `$NAME` and `${NAME}`; `$$` stands for a dollar sign, and so does a `$` before what begins no name. The first
 * fault counts: a variable that is not there, or another of a shell's expansions (`${A:-b}`, `$(date)`, `$1`).
 */
function fillVariables(text: string, variables: Readonly<Record<string, string | undefined>>): Filled {
  let fault: Filled | undefined;
  const value = text.replace(DOLLAR, (match, dollar, bare, braced, other) => {
    if (dollar !== undefined) return "$";
    if (other !== undefined) fault ??= { kind: "malformed", at: match };
    const name: string = bare ?? braced ?? "";
    const found = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (found === undefined) fault ??= { kind: "unknown", name };
    return found ?? "";
  });
  return fault ?? { kind: "ok", value };
}
