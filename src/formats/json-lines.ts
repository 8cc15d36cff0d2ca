import { LineCounter } from "./line-counter.ts";

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
