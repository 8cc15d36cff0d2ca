import { parse } from "ini";
import { quoted } from "../text/escape.ts";
import type { Checked, Fault, Problem } from "../text/problem.ts";
import { type ContinuedLine, DEFAULT_SECTION, type DialectSection, readDialect } from "./cfg-dialect.ts";
import { stripEnd } from "./python-text.ts";

/** A section with its entries, those it inherits from `[DEFAULT]` included; found by lower-case key. */
export interface CfgSection {
  readonly name: string;
  /** 1-based line of its header. */
  readonly line: number;
  readonly entries: ReadonlyMap<string, CfgEntry>;
}

/** One option of a section. */
export interface CfgEntry {
  /** As written in the file. */
  readonly key: string;
  /** 1-based. */
  readonly line: number;
  /** Interpolated when asked for, as ConfigParser does: a bad reference matters only where it is read. */
  readonly value: Checked<string>;
  readonly continued: readonly ContinuedLine[];
}

/** A file's sections by their exact names, in the file's order, without `[DEFAULT]`. */
export type CfgSections = ReadonlyMap<string, CfgSection>;

/** An option with its value in one piece, not yet interpolated. */
interface RawEntry extends Pick<CfgEntry, "key" | "line" | "continued"> {
  readonly text: string;
}

/**
 * Reads the dialect of Python's `configparser.ConfigParser` (default constructor) from a whole file's text.
 * One deviation: a bare `%` is kept. All faults of syntax are reported together; beside them stands what can be read all the same.
 * @param file names the problems
 * @param wanted the one section that is read, if so
 */
export function readCfg(
  text: string,
  file: string,
  wanted?: string,
): { readonly sections: CfgSections; readonly problems: readonly Problem[] } {
  const { sections: found, problems } = readDialect(text, file, wanted);
  const defaults = rawEntries(found.get(DEFAULT_SECTION));
  const named = [...found.values()].filter((section) => section.name !== DEFAULT_SECTION);
  const sections = named.map((section) => [section.name, cfgSection(section, defaults, file)] as const);
  return { sections: new Map(sections), problems };
}

/** Entries are put together when asked for: thousands of sections times thousands of defaults would fill the memory. */
function cfgSection(section: DialectSection, defaults: Map<string, RawEntry>, file: string): CfgSection {
  return {
    name: section.name,
    line: section.line,
    get entries() {
      const raw = new Map([...defaults, ...rawEntries(section)]);
      return new Map([...raw].map(([key, entry]) => [key, cfgEntry(entry, raw, file)]));
    },
  };
}

function cfgEntry(entry: RawEntry, raw: Map<string, RawEntry>, file: string): CfgEntry {
  const { key, line, continued } = entry;
  return {
    key,
    line,
    continued,
    get value(): Checked<string> {
      const filled = new Interpolation((name) => raw.get(name)?.text);
      filled.expand(entry.text);
      if (filled.fault === undefined) return { kind: "ok", value: filled.text };
      return { kind: "problems", problems: [{ file, line, key, ...filled.fault }] };
    },
  };
}

function rawEntries(section: DialectSection | undefined): Map<string, RawEntry> {
  const options = [...(section?.options ?? [])];
  return new Map(
    options.map(([name, { key, line, continued, valueLines }]) => [
      name,
      { key, line, continued, text: textOf(valueLines) },
    ]),
  );
}

/** A value in one piece, read by `ini`: in quotes, so that no rule of its own is in the way, and without what ends a line there. */
function textOf(valueLines: readonly string[]): string {
  const value = JSON.stringify(stripEnd(valueLines.join("\n")));
  const line = value.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  // Of `true`, `false` and `null` alone `ini` makes what they are called.
  return String(parse(`value = ${line}`)["value"]);
}

/** ConfigParser's `MAX_INTERPOLATION_DEPTH`. */
const MAX_DEPTH = 10;

/** References that multiply at each of ten levels would otherwise fill the memory from a few lines. */
const MAX_CHARACTERS_READ = 1_000_000;

/**
 * Fills in `%(key)s` and `%%` as ConfigParser's `BasicInterpolation` does. A `%` that begins neither stands for itself, where
 * ConfigParser raises.
 */
class Interpolation {
  /** The first that was found; nothing is filled in after it. */
  fault: Fault | undefined;
  readonly #lookUp: (key: string) => string | undefined;
  readonly #parts: string[] = [];
  #charactersRead = 0;

  /** @param lookUp gets lower-case keys */
  constructor(lookUp: (key: string) => string | undefined) {
    this.#lookUp = lookUp;
  }

  get text(): string {
    return this.#parts.join("");
  }

  expand(text: string, depth = 1): void {
    if (depth > MAX_DEPTH) {
      const wrong = `refers to itself, or through more than ${MAX_DEPTH} others`;
      this.fault ??= { wrong, right: "should refer to fewer" };
    }
    const references = new ReferenceFinder(text);
    for (let at = 0; at < text.length && this.fault === undefined; ) {
      const percent = text.indexOf("%", at);
      this.#emit(text.slice(at, percent === -1 ? text.length : percent));
      at = percent === -1 ? text.length : this.#expandAt(references, percent, depth);
    }
  }

  /** Expands what begins with the `%` at `percent` and gives the place after it. */
  #expandAt(references: ReferenceFinder, percent: number, depth: number): number {
    const key = references.keyAt(percent);
    if (key !== undefined) {
      this.#expandReference(key, depth);
      return percent + `%(${key})s`.length;
    }
    this.#emit("%");
    return percent + (references.text.charAt(percent + 1) === "%" ? 2 : 1);
  }

  #expandReference(key: string, depth: number): void {
    const value = this.#lookUp(key.toLowerCase());
    if (value === undefined) {
      const wrong = `refers to ${quoted(key)}, which is not in this section`;
      const right = "should name a key of the section or of [DEFAULT]; write %% for a percent sign";
      this.fault ??= { wrong, right };
      return;
    }
    this.#read(key.length);
    if (value.includes("%")) this.expand(value, depth + 1);
    else this.#emit(value);
  }

  #emit(text: string): void {
    this.#parts.push(text);
    this.#read(text.length + 1);
  }

  #read(characters: number): void {
    this.#charactersRead += characters;
    if (this.#charactersRead <= MAX_CHARACTERS_READ) return;
    const right = `should stay under ${MAX_CHARACTERS_READ} characters`;
    this.fault ??= { wrong: "grows too long by its references", right };
  }
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
