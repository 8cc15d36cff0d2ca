import { asReadInfo, type ReadInfo } from "../job/info.ts";
import { type InfoKey, infoKey } from "../job/info-key.ts";
import type { Problem } from "../text/problem.ts";
import { LineCounter } from "./line-counter.ts";

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

interface Token {
  readonly text: string;
  readonly at: number;
}

type Expected = "value" | "first value" | "key" | "first key" | "colon" | "comma";

/** Goes through a text as far as it is JSON. */
export function readJsonLines(text: string): JsonLines {
  const lines = new LineCounter(text);
  const keyLines = new Map<string, number>();
  const grammar = new Grammar();
  const stopAt = (at: number, isTrailingComma = false) => {
    const faultColumn = at - text.lastIndexOf("\n", at - 1);
    return { faultLine: lines.lineAt(at), faultColumn, isTrailingComma, keyLines };
  };
  let comma: number | undefined;
  for (const token of tokensOf(text)) {
    const isKey = grammar.isOuterKey();
    if (!grammar.accept(token.text)) {
      const trailing = /^[\]}]$/.test(token.text) ? comma : undefined;
      return stopAt(trailing ?? token.at, trailing !== undefined);
    }
    comma = token.text === "," ? token.at : undefined;
    if (isKey && token.text !== "}") keyLines.set(JSON.parse(token.text), lines.lineAt(token.at));
  }
  return stopAt(text.trimEnd().length);
}

/** Strings, words and numbers, and single punctuation marks; what is none of these comes as one character. */
function* tokensOf(text: string): Generator<Token> {
  const start = /[^ \t\r\n]/g;
  for (let at = 0; ; ) {
    start.lastIndex = at;
    const found = start.exec(text);
    if (found === null) return;
    const end = found[0] === '"' ? stringEnd(text, found.index) : wordEnd(text, found.index);
    yield { text: text.slice(found.index, end), at: found.index };
    at = end;
  }
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) === "\\") at += 1;
    else if (text.charAt(at) === '"') return at + 1;
    else if (text.charAt(at) === "\n") return at;
  }
  return text.length;
}

function wordEnd(text: string, start: number): number {
  const word = /[\w.+-]+/y;
  word.lastIndex = start;
  return start + (word.exec(text)?.[0].length ?? 1);
}

/** JSON's grammar, one token after the other. */
class Grammar {
  #expected: Expected = "value";
  readonly #open: ("{" | "[")[] = [];
  #ended = false;

  isOuterKey(): boolean {
    return this.#open.length === 1 && (this.#expected === "key" || this.#expected === "first key");
  }

  /** Whether the token may stand here. */
  accept(token: string): boolean {
    if (this.#ended) return false;
    if (token === "}" || token === "]") return this.#close(token);
    if (token === ":" || token === ",") return this.#separate(token);
    if (this.#expected === "key" || this.#expected === "first key") {
      this.#expected = "colon";
      return token.startsWith('"') && isJson(token);
    }
    return this.#value(token);
  }

  #value(token: string): boolean {
    if (this.#expected !== "value" && this.#expected !== "first value") return false;
    if (token === "{" || token === "[") {
      this.#open.push(token);
      this.#expected = token === "{" ? "first key" : "first value";
      return true;
    }
    this.#afterValue();
    return isJson(token);
  }

  #close(token: "}" | "]"): boolean {
    const [open, first] = token === "}" ? ["{", "first key"] : ["[", "first value"];
    const fits = this.#open.pop() === open && (this.#expected === first || this.#expected === "comma");
    this.#afterValue();
    return fits;
  }

  #separate(token: ":" | ","): boolean {
    const fits = this.#expected === (token === ":" ? "colon" : "comma");
    this.#expected = token === "," && this.#open.at(-1) === "{" ? "key" : "value";
    return fits;
  }

  #afterValue(): void {
    this.#expected = "comma";
    this.#ended = this.#open.length === 0;
  }
}

function isJson(token: string): boolean {
  try {
    JSON.parse(token);
    return true;
  } catch {
    return false;
  }
}
