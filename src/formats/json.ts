import { type JSONVisitor, visit } from "jsonc-parser";
import { type ReadInfo, sortOptions, unreadableInfo } from "../job/info.ts";
import { infoKey } from "../job/info-key.ts";
import type { Checked, Problem } from "../text/problem.ts";
import { tryOr } from "../text/try-or.ts";
import { type IgorJob, igorJobIn, readIgorJob } from "./igor.ts";
import { textLines } from "./python-text.ts";

/** Keys whose value may be a list, which counts as its strings with commas between them. */
const LIST_KEYS: ReadonlySet<string> = new Set(["e_mail", "mail_on", "worker", "needs"]);

/**
 * Reads an object whose keys are those of the info file, in any case; values are strings or numbers, and for
 * `e_mail`, `mail_on`, `worker` and `needs` also lists of strings; null is no value. Other keys are the user's own. In Igor's form the
 * keys beside `Job` are such keys. `file` names the problems.
 */
export function readJsonInfo(text: string, file: string): ReadInfo {
  const plain = text.replace(/^\ufeff/, "");
  const lines = readJsonLines(plain);
  const parsed = tryOr(() => ({ value: JSON.parse(plain) as unknown }), undefined);
  if (parsed === undefined) return refuse(file, lines.faultLine, ...faultOf(lines));
  const entries = entriesOf(parsed.value);
  if (entries === undefined)
    return refuse(file, 1, "is no JSON object", 'should be as { "script": "./run" }');
  const job = igorJobIn(parsed.value);
  if (job === undefined) return readEntries(entries, file, lines);
  const beside = entries.filter(([key]) => key !== "Job");
  return joined(readIgor(plain, job, file), readEntries(beside, file, lines));
}

type Lines = ReturnType<typeof readJsonLines>;

function readEntries(entries: readonly [string, unknown][], file: string, { keyLines }: Lines) {
  const written = entries.map(([key, value]) => {
    const line = keyLines.get(key) ?? 1;
    return { key, line, value: checkedText(value, { file, line, key: infoKey(key) ?? key }) };
  });
  return { ...sortOptions(written), notes: [] };
}

function readIgor(text: string, job: IgorJob, file: string): ReadInfo {
  const { keyLines } = readJsonLines(text, "Job");
  return readIgorJob(job, file, (key) => keyLines.get(key) ?? 1);
}

// A key beside the job counts more: there `qm submit` writes its options.
function joined(job: ReadInfo, beside: ReturnType<typeof readEntries>): ReadInfo {
  const { fields = [], problems, notes } = job;
  return {
    ...job,
    fields: [...fields, ...beside.fields],
    problems: [...problems, ...beside.problems],
    own: beside.own,
    notes,
  };
}

function faultOf({ faultColumn, isTrailingComma }: Lines): [string, string] {
  return isTrailingComma
    ? [
        `has a trailing comma at column ${faultColumn}`,
        "should be without it: in JSON a comma stands between two values",
      ]
    : [`is not JSON from column ${faultColumn} on`, "should be JSON"];
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : undefined;
}

/** A value as it would stand in another format; `null` means that it is not set. */
function checkedText(
  value: unknown,
  place: Pick<Problem, "file" | "line"> & { readonly key: string },
): Checked<string> {
  const mayBeList = LIST_KEYS.has(place.key);
  const text = mayBeList && Array.isArray(value) ? listText(value) : plainText(value);
  if (text !== undefined) return { kind: "ok", value: text };
  const right = `should be a string${mayBeList ? ", or a list of strings" : " or a number"}`;
  return { kind: "problems", problems: [{ ...place, wrong: `is ${typeName(value)}`, right }] };
}

function listText(items: readonly unknown[]): string | undefined {
  return items.every((item) => typeof item === "string") ? items.join(",") : undefined;
}

function plainText(value: unknown): string | undefined {
  if (value === null) return "";
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : JSON.stringify(value);
}

function refuse(file: string, line: number, wrong: string, right: string): ReadInfo {
  return unreadableInfo([{ file, line, wrong, right }]);
}

/**
 * Finds the places in a JSON text that `JSON.parse` does not tell, all 1-based: the lines of the keys of the outermost object, or of the
 * one that this has under a key, of the last one where a key repeats; line and column of the first token that does not belong, or of the end of a text that only stops too early; and
 * whether that token is a comma behind the last of several values.
 */
export function readJsonLines(text: string, under?: string) {
  const keyLines = new Map<string, number>();
  let stop = text.trimEnd().length;
  visitAll(text, {
    onObjectProperty: (key, _offset, _length, line, _column, path) => {
      if (isPath(path(), under)) keyLines.set(key, line + 1);
    },
    onError: (_error, offset) => {
      stop = Math.min(stop, offset);
    },
  });
  const before = text.slice(0, stop).trimEnd();
  const isTrailingComma = before.endsWith(",") && /[\]}]/.test(text.charAt(stop));
  const at = isTrailingComma ? before.length - 1 : stop;
  const faultColumn = at - text.lastIndexOf("\n", at - 1);
  return { faultLine: textLines(text.slice(0, at)).length, faultColumn, isTrailingComma, keyLines };
}

function isPath(path: readonly (string | number)[], key: string | undefined): boolean {
  return key === undefined ? path.length === 0 : path.length === 1 && path[0] === key;
}

// The visit goes as deep as the text: where the stack ends, the rest is left without its lines.
function visitAll(text: string, visitor: JSONVisitor): void {
  try {
    visit(text, visitor, { disallowComments: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}
