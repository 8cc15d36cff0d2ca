import type { InfoField, OwnKey } from "../core/info-check.ts";
import { infoKey } from "../core/info-key.ts";
import { commentNotes } from "../core/inline-comment.ts";
import type { Problem } from "../core/problem.ts";
import { quoted } from "../core/quoted.ts";
import { asReadInfo, type ReadInfo } from "../core/read-info.ts";
import { quoteForShell } from "../core/shell-quote.ts";
import { textLines } from "./python-text.ts";

const DIRECTIVE = /^#QM(?:\s+|$)/;
const LONG_OPTION = /^--([\w-]+)(?:[ \t]*=[ \t]*|[ \t]+)/;
const ASSIGNMENT = /^([\w-]+)[ \t]*=[ \t]*/;

type Read = { readonly field: InfoField } | { readonly own: OwnKey } | { readonly problem: Problem };

/**
 * Reads the lines of a script that begin with `#QM`, wherever in it they stand, one option a line: `#QM key=value`,
 * `#QM --key value` or `#QM --key=value`, with `-` for `_` in keys if one likes. One pair of quotes around a value
 * is taken off, as a shell would. A later line replaces an earlier one. The file itself is the `script`.
 */
export function readShInfo(text: string, file: string): ReadInfo {
  const lines = textLines(text).map((content, index) => ({ content: content.trimEnd(), line: index + 1 }));
  const read = lines
    .filter(({ content }) => DIRECTIVE.test(content))
    .flatMap(({ content, line }) => readDirective(content.replace(DIRECTIVE, ""), line, file));
  const problems = read.flatMap((one) => ("problem" in one ? [one.problem] : []));
  const options = read.flatMap((one) => ("field" in one ? [one.field] : []));
  const own = read.flatMap((one) => ("own" in one ? [one.own] : []));
  const fields = [{ key: "script", value: quoteForShell(`./${file}`) }, ...options];
  return asReadInfo(fields, problems, { own, notes: commentNotes(options, file) });
}

function readDirective(content: string, line: number, file: string): [Read] | [] {
  if (content === "") return [];
  const option = LONG_OPTION.exec(content) ?? ASSIGNMENT.exec(content) ?? /^--([\w-]+)$/.exec(content);
  if (option === null) {
    const right = "should be #QM key=value or #QM --key value";
    return [{ problem: { file, line, wrong: `${quoted(content)} is no option`, right } }];
  }
  const key = infoKey((option[1] ?? "").replaceAll("-", "_"));
  if (key === undefined) return [{ own: { key: option[1] ?? "", line } }];
  if (key !== "script") return [{ field: { key, line, value: unquoted(content.slice(option[0].length)) } }];
  const right = "should not be given: this file itself is the script";
  return [{ problem: { file, line, key, wrong: "is given in the script", right } }];
}

function unquoted(value: string): string {
  const inQuotes = /^(["'])((?:(?!\1).)*)\1$/s.exec(value);
  return inQuotes?.[2] ?? value;
}
