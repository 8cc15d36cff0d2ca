import { quoted } from "../text/escape.ts";
import type { Problem } from "../text/problem.ts";
import { strip, stripEnd, stripStart, textLines } from "./python-text.ts";

/** An option as it stands in the file, its value not yet interpolated. */
interface DialectOption {
  /** As written. */
  readonly key: string;
  readonly line: number;
  /** The value's lines: the first, then the continuations; blank lines are empty strings. */
  readonly valueLines: string[];
  /** Those of them that are indented continuations. */
  readonly continued: ContinuedLine[];
}

/** An indented line, which belongs to the option above it. */
export interface ContinuedLine {
  readonly line: number;
  readonly text: string;
  /** The line above it of the same value. */
  readonly above: string;
}

/** A section as it stands in the file; `[DEFAULT]` is one of them. Options are found by lower-case key. */
export interface DialectSection {
  readonly name: string;
  readonly line: number;
  readonly options: Map<string, DialectOption>;
}

/** The one section that Python's ConfigParser lets stand several times, and whose options all others inherit. */
export const DEFAULT_SECTION = "DEFAULT";

/**
 * Reads lines as Python's `configparser.ConfigParser` does (`_read`, default settings), and goes on after a fault.
 * @param wanted the section that options should stand in, where there is but one
 */
export function readDialect(
  text: string,
  file: string,
  wanted = "section",
): Pick<DialectReader, "sections" | "problems"> {
  const reader = new DialectReader(file, wanted);
  for (const [index, line] of textLines(text).entries()) reader.readLine(line, index + 1);
  return reader;
}

/** The sections of a file as far as it was read, and what is wrong with its lines. */
class DialectReader {
  readonly sections = new Map<string, DialectSection>();
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #wanted: string;
  #section: DialectSection | undefined;
  /** The option that an indented line continues. */
  #option: DialectOption | undefined;
  #indent = 0;

  constructor(file: string, wanted: string) {
    this.#file = file;
    this.#wanted = wanted;
  }

  readLine(line: string, lineNumber: number): void {
    const content = strip(line);
    if (content.startsWith("#") || content.startsWith(";")) return;
    if (content === "") {
      this.#option?.valueLines.push("");
      return;
    }
    const indent = line.length - stripStart(line).length;
    if (this.#option !== undefined && indent > this.#indent) {
      const above = this.#option.valueLines.at(-1) ?? "";
      this.#option.continued.push({ line: lineNumber, text: content, above });
      this.#option.valueLines.push(content);
      return;
    }
    this.#indent = indent;
    const name = headerName(content);
    if (name === undefined) this.#readOption(content, lineNumber);
    else this.#openSection(name, lineNumber);
  }

  #openSection(name: string, line: number): void {
    const known = this.sections.get(name);
    if (known !== undefined && name !== DEFAULT_SECTION) {
      const wrong = `the section ${quoted(`[${name}]`)} stands here again, first on line ${known.line}`;
      this.#addProblem(line, wrong, "a section should stand once");
    }
    this.#section = known ?? { name, line, options: new Map() };
    this.sections.set(name, this.#section);
    this.#option = undefined;
  }

  #readOption(content: string, line: number): void {
    if (this.#section === undefined) {
      if (this.problems.length > 0) return;
      const wrong = `${quoted(content)} stands before any section`;
      this.#addProblem(line, wrong, `should come after a [${this.#wanted}] line`);
      return;
    }
    const delimiter = content.search(/[=:]/);
    if (delimiter === -1) {
      const wrong = `${quoted(content)} is neither a [section] nor an option`;
      this.#addProblem(line, wrong, "should be key = value");
      return;
    }
    const key = stripEnd(content.slice(0, delimiter));
    const option = { key, line, valueLines: [strip(content.slice(delimiter + 1))], continued: [] };
    this.#addOption(this.#section.options, option);
  }

  #addOption(options: Map<string, DialectOption>, option: DialectOption): void {
    this.#option = option.key === "" ? undefined : option;
    const known = options.get(option.key.toLowerCase());
    if (option.key === "") {
      this.#addProblem(option.line, "there is no key before the = or :", "should be key = value");
    } else if (known !== undefined) {
      const wrong = `${quoted(option.key)} is given again, first on line ${known.line}`;
      this.#addProblem(option.line, wrong, "a key should be given once in a section");
    } else {
      options.set(option.key.toLowerCase(), option);
    }
  }

  #addProblem(line: number, wrong: string, right: string): void {
    this.problems.push({ file: this.#file, line, wrong, right });
  }
}

/** `[name]`, up to the last bracket of the line; what follows it is ignored, as in Python. */
function headerName(content: string): string | undefined {
  const end = content.lastIndexOf("]");
  return content.startsWith("[") && end > 1 ? content.slice(1, end) : undefined;
}
