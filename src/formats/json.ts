import { type InfoKey, infoKey } from "../job/info-key.ts";
import { asReadInfo, type ReadInfo } from "../job/read-info.ts";
import type { Problem } from "../text/problem.ts";
import { readJsonLines } from "./json-lines.ts";

/** Keys whose value may be a list, which counts as its strings with commas between them. */
const LIST_KEYS: ReadonlySet<InfoKey> = new Set(["e_mail", "mail_on"]);

/** A key with a meaning, and the value of any type that the file gives it. */
interface JsonField {
  readonly key: InfoKey;
  readonly line: number | undefined;
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
  const known = entries.flatMap(([written, value]): JsonField[] => {
    const key = infoKey(written);
    return key === undefined ? [] : [{ key, line: lines.keyLines.get(written), value }];
  });
  const own = entries
    .filter(([key]) => infoKey(key) === undefined)
    .map(([key]) => withLine({ key, line: lines.keyLines.get(key) }));
  const problems = known.flatMap((field) => typeProblems(field, file));
  const fields = known
    .filter((field) => typeProblems(field, file).length === 0)
    .map(({ value, ...field }) => ({ ...withLine(field), value: textOf(value) }));
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

function typeProblems(field: JsonField, file: string): Problem[] {
  const { key, value } = field;
  const mayBeList = LIST_KEYS.has(key);
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  if (value === null || typeof value === "string" || typeof value === "number" || (mayBeList && isList))
    return [];
  const right = `should be a string${mayBeList ? ", or a list of strings" : " or a number"}`;
  return [{ file, ...withLine({ key, line: field.line }), wrong: `is ${typeName(value)}`, right }];
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : JSON.stringify(value);
}

/** A checked value as it would stand in another format; `null` means that it is not set. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "number" ? value.toString() : typeof value === "string" ? value : "";
}

function withLine<Key extends string>({
  key,
  line,
}: {
  readonly key: Key;
  readonly line: number | undefined;
}) {
  return line === undefined ? { key } : { key, line };
}

function refuse(file: string, line: number, wrong: string, right: string): ReadInfo {
  return { kind: "problems", problems: [{ file, line, wrong, right }] };
}
