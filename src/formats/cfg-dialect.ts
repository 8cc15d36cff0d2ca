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

interface Reading {
  readonly file: string;
  /** The section that options should stand in, where there is but one. */
  readonly wanted: string;
  readonly sections: Map<string, DialectSection>;
  readonly problems: Problem[];
  section: DialectSection | undefined;
  /** The option that an indented line continues. */
  option: DialectOption | undefined;
  indent: number;
}

/** The one section that Python's ConfigParser lets stand several times, and whose options all others inherit. */
export const DEFAULT_SECTION = "DEFAULT";

/** Reads lines as Python's `configparser.ConfigParser` does (`_read`, default settings), and goes on after a fault. */
export function readDialect(
  text: string,
  file: string,
  wanted = "section",
): Pick<Reading, "sections" | "problems"> {
  const reading: Reading = {
    file,
    wanted,
    sections: new Map(),
    problems: [],
    section: undefined,
    option: undefined,
    indent: 0,
  };
  for (const [index, line] of textLines(text).entries()) readLine(reading, line, index + 1);
  return reading;
}

function readLine(reading: Reading, line: string, lineNumber: number): void {
  const content = strip(line);
  if (content.startsWith("#") || content.startsWith(";")) return;
  if (content === "") {
    reading.option?.valueLines.push("");
    return;
  }
  const indent = line.length - stripStart(line).length;
  if (reading.option !== undefined && indent > reading.indent) {
    const above = reading.option.valueLines.at(-1) ?? "";
    reading.option.continued.push({ line: lineNumber, text: content, above });
    reading.option.valueLines.push(content);
    return;
  }
  reading.indent = indent;
  const name = headerName(content);
  if (name === undefined) readOption(reading, content, lineNumber);
  else openSection(reading, name, lineNumber);
}

/** `[name]`, up to the last bracket of the line; what follows it is ignored, as in Python. */
function headerName(content: string): string | undefined {
  const end = content.lastIndexOf("]");
  return content.startsWith("[") && end > 1 ? content.slice(1, end) : undefined;
}

function openSection(reading: Reading, name: string, line: number): void {
  const known = reading.sections.get(name);
  if (known !== undefined && name !== DEFAULT_SECTION) {
    const wrong = `the section ${quoted(`[${name}]`)} stands here again, first on line ${known.line}`;
    addProblem(reading, line, wrong, "a section should stand once");
  }
  reading.section = known ?? { name, line, options: new Map() };
  reading.sections.set(name, reading.section);
  reading.option = undefined;
}

function readOption(reading: Reading, content: string, line: number): void {
  if (reading.section === undefined) {
    if (reading.problems.length > 0) return;
    const wrong = `${quoted(content)} stands before any section`;
    addProblem(reading, line, wrong, `should come after a [${reading.wanted}] line`);
    return;
  }
  const delimiter = content.search(/[=:]/);
  if (delimiter === -1) {
    const wrong = `${quoted(content)} is neither a [section] nor an option`;
    addProblem(reading, line, wrong, "should be key = value");
    return;
  }
  const key = stripEnd(content.slice(0, delimiter));
  const option = { key, line, valueLines: [strip(content.slice(delimiter + 1))], continued: [] };
  addOption(reading, reading.section.options, option);
}

function addOption(reading: Reading, options: Map<string, DialectOption>, option: DialectOption): void {
  reading.option = option.key === "" ? undefined : option;
  const known = options.get(option.key.toLowerCase());
  if (option.key === "") {
    addProblem(reading, option.line, "there is no key before the = or :", "should be key = value");
  } else if (known !== undefined) {
    const wrong = `${quoted(option.key)} is given again, first on line ${known.line}`;
    addProblem(reading, option.line, wrong, "a key should be given once in a section");
  } else {
    options.set(option.key.toLowerCase(), option);
  }
}

function addProblem(reading: Reading, line: number, wrong: string, right: string): void {
  reading.problems.push({ file: reading.file, line, wrong, right });
}
