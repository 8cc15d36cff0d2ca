import { quoted } from "../text/quoted.ts";

/** The value with its references filled in, or what is wrong with one of them. */
type Interpolated =
  | { readonly kind: "ok"; readonly value: string }
  | { readonly kind: "wrong"; readonly wrong: string; readonly right: string };

interface Expansion {
  readonly lookUp: (key: string) => string | undefined;
  readonly parts: string[];
  charactersRead: number;
  fault: Interpolated | undefined;
}

/** ConfigParser's `MAX_INTERPOLATION_DEPTH`. */
const MAX_DEPTH = 10;

/** References that multiply at each of ten levels would otherwise fill the memory from a few lines. */
const MAX_CHARACTERS_READ = 1_000_000;

/**
 * Fills in `%(key)s` and `%%` as ConfigParser's `BasicInterpolation` does; `lookUp` gets lower-case keys.
 * A `%` that begins neither stands for itself, where ConfigParser raises.
 */
export function interpolate(raw: string, lookUp: Expansion["lookUp"]): Interpolated {
  const expansion: Expansion = { lookUp, parts: [], charactersRead: 0, fault: undefined };
  expand(expansion, raw, 1);
  return expansion.fault ?? { kind: "ok", value: expansion.parts.join("") };
}

function expand(expansion: Expansion, text: string, depth: number): void {
  if (depth > MAX_DEPTH) {
    setFault(
      expansion,
      `refers to itself, or through more than ${MAX_DEPTH} others`,
      "should refer to fewer",
    );
    return;
  }
  const references = new ReferenceFinder(text);
  let at = 0;
  while (at < text.length && expansion.fault === undefined) {
    const percent = text.indexOf("%", at);
    const literalEnd = percent === -1 ? text.length : percent;
    emit(expansion, text.slice(at, literalEnd));
    at = percent === -1 ? text.length : expandAt(expansion, references, percent, depth);
  }
}

/** Expands what begins with the `%` at `percent` and gives the place after it. */
function expandAt(expansion: Expansion, references: ReferenceFinder, percent: number, depth: number): number {
  const key = references.keyAt(percent);
  if (key !== undefined) {
    expandReference(expansion, key, depth);
    return percent + `%(${key})s`.length;
  }
  emit(expansion, "%");
  return percent + (references.text.charAt(percent + 1) === "%" ? 2 : 1);
}

function expandReference(expansion: Expansion, key: string, depth: number): void {
  const value = expansion.lookUp(key.toLowerCase());
  if (value === undefined) {
    const wrong = `refers to ${quoted(key)}, which is not in this section`;
    setFault(
      expansion,
      wrong,
      "should name a key of the section or of [DEFAULT]; write %% for a percent sign",
    );
    return;
  }
  read(expansion, key.length);
  if (value.includes("%")) expand(expansion, value, depth + 1);
  else emit(expansion, value);
}

function emit(expansion: Expansion, text: string): void {
  expansion.parts.push(text);
  read(expansion, text.length + 1);
}

function read(expansion: Expansion, characters: number): void {
  expansion.charactersRead += characters;
  if (expansion.charactersRead <= MAX_CHARACTERS_READ) return;
  setFault(
    expansion,
    "grows too long by its references",
    `should stay under ${MAX_CHARACTERS_READ} characters`,
  );
}

function setFault(expansion: Expansion, wrong: string, right: string): void {
  expansion.fault ??= { kind: "wrong", wrong, right };
}

/** Finds references from left to right; remembers the next `)` so that many `%(` without one stay cheap. */
class ReferenceFinder {
  readonly text: string;
  #close = -1;

  constructor(text: string) {
    this.text = text;
  }

  /** The key of `%(key)s` at this place, if there is one. */
  keyAt(percent: number): string | undefined {
    const start = percent + 2;
    if (!this.text.startsWith("%(", percent)) return undefined;
    if (this.#close < start) this.#close = this.#nextClose(start);
    const isReference = this.#close > start && this.text.charAt(this.#close + 1) === "s";
    return isReference ? this.text.slice(start, this.#close) : undefined;
  }

  #nextClose(start: number): number {
    const close = this.text.indexOf(")", start);
    return close === -1 ? this.text.length : close;
  }
}
