import { type JSONVisitor, visit } from "jsonc-parser";
import { asReadInfo, type ReadInfo } from "../job/info.ts";
import { type InfoKey, infoKey } from "../job/info-key.ts";
import type { Problem } from "../text/problem.ts";
import { LineCounter } from "./line-counter.ts";

/** Keys whose value may be a list, which counts as its strings with commas between them. */
const LIST_KEYS: ReadonlySet<InfoKey> = new Set(["e_mail", "mail_on"]);

/** A key with a meaning, and the value of any type that the file gives it. */
interface JsonField {
  readonly key: InfoKey;
  readonly line: number;
  readonly value: unknown;
}

/**
 * Reads an object whose keys are those of the info file, in any case; values are strings or numbers, and for
 * `e_mail` and `mail_on` also lists of strings; null is no value. Other keys are the user's own. `file` names the problems.
 */
export function readJsonInfo(text: string, file: string): ReadInfo {
  const plain = text.replace(/^\ufeff/, "");
  const lines = readJsonLines(plain);
  const parsed = parse(plain);
  if (parsed === undefined) return refuse(file, lines.faultLine, ...faultOf(lines));
  const entries = entriesOf(parsed.value);
  if (entries === undefined)
    return refuse(file, 1, "is no JSON object", 'should be as { "script": "./run" }');
  const placed = entries.map(([key, value]) => ({ key, value, line: lines.keyLines.get(key) ?? 1 }));
  const own = placed.flatMap(({ key, line }) => (infoKey(key) === undefined ? [{ key, line }] : []));
  const known = placed.flatMap(({ key: written, ...rest }): JsonField[] => {
    const key = infoKey(written);
    return key === undefined ? [] : [{ key, ...rest }];
  });
  const problems = known.flatMap((field) => typeProblems(field, file));
  const fields = known.flatMap(({ key, line, value }) => {
    const text = textOf(key, value);
    return text === undefined ? [] : [{ key, line, value: text }];
  });
  return asReadInfo(fields, problems, { own });
}

function faultOf({ faultColumn, isTrailingComma }: ReturnType<typeof readJsonLines>): [string, string] {
  return isTrailingComma
    ? [
        `has a trailing comma at column ${faultColumn}`,
        "should be without it: in JSON a comma stands between two values",
      ]
    : [`is not JSON from column ${faultColumn} on`, "should be JSON"];
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : undefined;
}

function typeProblems({ key, line, value }: JsonField, file: string): Problem[] {
  if (textOf(key, value) !== undefined) return [];
  const right = `should be a string${LIST_KEYS.has(key) ? ", or a list of strings" : " or a number"}`;
  return [{ file, key, line, wrong: `is ${typeName(value)}`, right }];
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : JSON.stringify(value);
}

/** A value as it would stand in another format; `null` means that it is not set. Undefined for one of a wrong type. */
function textOf(key: InfoKey, value: unknown): string | undefined {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return value.toString();
  const isList =
    LIST_KEYS.has(key) && Array.isArray(value) && value.every((item) => typeof item === "string");
  return isList ? value.join(",") : undefined;
}

function refuse(file: string, line: number, wrong: string, right: string): ReadInfo {
  return { kind: "problems", problems: [{ file, line, wrong, right }] };
}

/** Where things stand in a JSON text, which `JSON.parse` does not tell. */
interface JsonLines {
  /** 1-based line of the first token that does not belong; of the end of the text if it only stops too early. */
  readonly faultLine: number;
  /** 1-based place in that line. */
  readonly faultColumn: number;
  /** The fault is a comma behind the last of several values. */
  readonly isTrailingComma: boolean;
  /** 1-based lines of the outermost object's keys; of the last one where a key repeats. */
  readonly keyLines: ReadonlyMap<string, number>;
}

/** Goes through a text as far as it is JSON. */
export function readJsonLines(text: string): JsonLines {
  const keyLines = new Map<string, number>();
  let stop = text.trimEnd().length;
  visitAll(text, {
    onObjectProperty: (key, _offset, _length, line, _column, path) => {
      if (path().length === 0) keyLines.set(key, line + 1);
    },
    onError: (_error, offset) => {
      stop = Math.min(stop, offset);
    },
  });
  const before = text.slice(0, stop).trimEnd();
  const isTrailingComma = before.endsWith(",") && /[\]}]/.test(text.charAt(stop));
  const at = isTrailingComma ? before.length - 1 : stop;
  const faultColumn = at - text.lastIndexOf("\n", at - 1);
  return { faultLine: new LineCounter(text).lineAt(at), faultColumn, isTrailingComma, keyLines };
}

// The visit goes as deep as the text: where the stack ends, the rest is left without its lines.
function visitAll(text: string, visitor: JSONVisitor): void {
  try {
    visit(text, visitor, { disallowComments: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}
