import { type ReadInfo, sortOptions, type WrittenOption } from "../job/info.ts";
import { commentNotes, type InfoField } from "../job/info-check.ts";
import { askFor, infoKey } from "../job/info-key.ts";
import { quoted, quoteForShell } from "../text/escape.ts";
import type { Problem } from "../text/problem.ts";
import { textLines } from "./python-text.ts";
import { type ForeignDirectives, readForeignDirectives } from "./sbatch.ts";

const DIRECTIVE = /^#QM(?:\s+|$)/;
const LONG_OPTION = /^--([\w-]+)(?:[ \t]*=[ \t]*|[ \t]+)/;
const ASSIGNMENT = /^([\w-]+)[ \t]*=[ \t]*/;

/**
 * Reads the lines of a script that begin with `#QM`, wherever in it they stand, one option a line: `#QM key=value`,
 * `#QM --key value` or `#QM --key=value`, with `-` for `_` in keys if one likes. One pair of quotes around a value
 * is taken off, as a shell would. A later line replaces an earlier one. The file itself is the `script`. The
 * directives of other batch systems count where no line of ours does.
 */
export function readShInfo(text: string, file: string): ReadInfo {
  const contents = textLines(text).map((content) => content.trimEnd());
  const lines = contents.map((content, index) => ({ content, line: index + 1 }));
  const read = lines
    .filter(({ content }) => DIRECTIVE.test(content))
    .flatMap(({ content, line }) => readDirective(content.replace(DIRECTIVE, ""), line, file));
  const malformed = read.filter((one) => "wrong" in one);
  const { fields: options, problems, own } = sortOptions(read.filter((one) => "value" in one));
  const foreign = besides(readForeignDirectives(contents, file), options);
  const fields = [{ key: "script", value: quoteForShell(`./${file}`) }, ...foreign.fields, ...options];
  const notes = [
    ...foreign.notes,
    ...commentNotes(options, file),
    ...lines.flatMap(({ content, line }) => askForDirective(content, line, file)),
  ];
  return { fields, problems: [...foreign.problems, ...malformed, ...problems], own, notes };
}

/** The directives for other batch systems without those that options of ours replace. */
export function besides(foreign: ForeignDirectives, options: readonly InfoField[]): ForeignDirectives {
  const given = new Set(options.map(({ key }) => key));
  return {
    fields: foreign.fields.filter(({ key }) => !given.has(key)),
    problems: foreign.problems.filter(({ key = "" }) => !given.has(key)),
    notes: foreign.notes,
  };
}

// `#qm nb_proc=4` and `# QM nb_proc=4` are comments.
function askForDirective(content: string, line: number, file: string): Problem[] {
  const [, mark = "", key = ""] = /^(#\s*qm)\s+(?:--)?([\w-]+)/i.exec(content) ?? [];
  if (mark === "" || mark === "#QM" || infoKey(key.replaceAll("-", "_")) === undefined) return [];
  const wrong = askFor(`${mark} ${key}`, `#QM ${key}`);
  return [{ file, line, wrong, right: "As it stands it is a comment" }];
}

function readDirective(content: string, line: number, file: string): (WrittenOption | Problem)[] {
  if (content === "") return [];
  const option = LONG_OPTION.exec(content) ?? ASSIGNMENT.exec(content) ?? /^--([\w-]+)$/.exec(content);
  if (option === null) {
    const right = "should be #QM key=value or #QM --key value";
    return [{ file, line, wrong: `${quoted(content)} is no option`, right }];
  }
  const [whole, written = ""] = option;
  const key = infoKey(written.replaceAll("-", "_")) ?? written;
  if (key !== "script")
    return [{ key, line, value: { kind: "ok", value: unquoted(content.slice(whole.length)) } }];
  const right = "should not be given: this file itself is the script";
  return [{ file, line, key, wrong: "is given in the script", right }];
}

function unquoted(value: string): string {
  const inQuotes = /^(["'])((?:(?!\1).)*)\1$/s.exec(value);
  return inQuotes?.[2] ?? value;
}
