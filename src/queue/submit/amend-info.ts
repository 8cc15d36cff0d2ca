import fs from "node:fs";
import path from "node:path";
import { writeFileAtomically } from "../../disk/durable.ts";
import { readDialect } from "../../formats/cfg-dialect.ts";
import { findSection } from "../../formats/cfg-info.ts";
import { infoTextAsUtf8 } from "../../formats/info-text.ts";
import { checkInfo } from "../../job/info.ts";
import type { InfoField } from "../../job/info-check.ts";
import { type InfoKey, infoKey } from "../../job/info-key.ts";
import type { JobInfo } from "../../job/job-info.ts";
import type { Checked, Problem } from "../../text/problem.ts";
import { withoutUndefined } from "../../text/without-undefined.ts";
import { type InfoRules, readFields, readJobInfo } from "../intake/info-file.ts";

/**
 * Writes options into the info file of a job's folder, which is the caller's own copy. Options live nowhere else:
 * whatever `job_file` lists, and whatever the file's format, the file that the manager will read says what counts.
 * The result is read back as the manager will; where it is not exactly what was wanted (an option that others refer
 * to, a key hidden in `[DEFAULT]`), that is a problem and the caller throws the copy away.
 */
export function amendInfo(jobFolder: string, rules: InfoRules, options: InfoOptions): Checked<JobInfo> {
  const before = readJobInfo(jobFolder, rules);
  if (before.kind === "problems" || options.size === 0) return before;
  const { infoFile } = before.value;
  const file = path.join(jobFolder, infoFile);
  const bytes = fs.readFileSync(file);
  const { fields = [], problems, workingDirectory, prefers } = readFields(jobFolder, infoFile);
  if (problems.length > 0) return { kind: "problems", problems };
  const beside = withoutUndefined({ workingDirectory, prefers });
  const wanted = checkInfo(replaced(fields, options), infoFile, beside);
  if (wanted.kind === "problems") return wanted;
  const given = new Set(fields.map(({ key }) => key));
  const text = amendText(infoTextAsUtf8(bytes, infoFile), infoFile, options, given);
  writeFileAtomically(file, text, modeOf(file));
  const after = readJobInfo(jobFolder, rules);
  const isWanted = after.kind === "ok" && isSame(after.value, wanted.value);
  return isWanted ? after : { kind: "problems", problems: [cannotAmend(infoFile, options)] };
}

// But for warnings: the lines that they name have moved.
function isSame(one: JobInfo, other: JobInfo): boolean {
  return JSON.stringify({ ...one, warnings: [] }) === JSON.stringify({ ...other, warnings: [] });
}

function replaced(fields: readonly InfoField[], options: InfoOptions): InfoField[] {
  const kept = fields.filter(({ key }) => ![...options.keys()].some((changed) => changed === key));
  return [...kept, ...[...options].map(([key, value]) => ({ key, value }))];
}

function modeOf(file: string): number {
  return fs.statSync(file).mode & 0o777;
}

function cannotAmend(file: string, options: InfoOptions): Problem {
  const keys = [...options.keys()].join(", ");
  return {
    file,
    wrong: `${keys} cannot be written into it without changing something else`,
    right: "write it into the file yourself and submit without the option",
  };
}

/** Options to be written into an info file, by key; each replaces what the file says. */
export type InfoOptions = ReadonlyMap<InfoKey, string>;

type Amend = (text: string, key: InfoKey, value: string, isGiven: boolean) => string;

const AMENDERS: ReadonlyMap<string, Amend> = new Map([
  [".cfg", amendCfg],
  [".ini", amendCfg],
  [".xml", amendXml],
  [".json", amendJson],
  [".sh", amendSh],
]);

/**
 * The text of an info file with these options, everything else in it left as it is. Not a full parser: the caller reads
 * the result back and compares.
 * @param given the keys that the file gives already
 */
export function amendText(
  text: string,
  file: string,
  options: InfoOptions,
  given: ReadonlySet<string>,
): string {
  const amend = AMENDERS.get(path.extname(file).toLowerCase());
  if (amend === undefined) return text;
  let amended = text;
  for (const [key, value] of options) amended = amend(amended, key, value, given.has(key));
  return amended;
}

// After the section's header, indented as its first option: deeper lines would continue ours.
function amendCfg(text: string, key: InfoKey, value: string): string {
  const section = findSection(readDialect(text, "").sections);
  if (section === undefined) return text;
  const lines = linesOf(text);
  const options = [...section.options.values()];
  const indent = indentOf(lines[(options[0]?.line ?? 0) - 1] ?? "");
  const old = options.find((option) => infoKey(option.key) === key);
  if (old !== undefined) lines.splice(old.line - 1, lengthOfOption(lines, old.line - 1));
  const escaped = value.replaceAll("%", "%%").replaceAll(/\r?\n/g, `\n${indent}  `);
  // Removing lines of the section leaves its header where it is.
  lines.splice(section.line, 0, `${indent}${old?.key ?? key} = ${escaped}`);
  return lines.join(lineEndOf(text));
}

function lengthOfOption(lines: readonly string[], start: number): number {
  const indent = indentOf(lines[start] ?? "").length;
  let end = start;
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    if (indentOf(line).length <= indent) break;
    end = at;
  }
  return end - start + 1;
}

function indentOf(line: string): string {
  return /^\ufeff?(\s*)/.exec(line)?.[1] ?? "";
}

// Only an element that counts is taken out; one of its name deeper down is the user's own, so two are left alone.
function amendXml(text: string, key: InfoKey, value: string, isGiven: boolean): string {
  const name = key === "e_mail" ? "e[_-]mail" : key;
  const element = `<(${name})(?=[\\s/>])(?:[^>"']|"[^"]*"|'[^']*')*?(?:/>|>[^<]*</\\1\\s*>)[ \\t]*\\r?\\n?`;
  const pattern = new RegExp(`<!--[^]*?-->|<!\\[CDATA\\[[^]*?\\]\\]>|${element}`, "gi");
  const found = [...text.matchAll(pattern)].filter((match) => match[1] !== undefined);
  const [only] = found;
  const without =
    isGiven && only !== undefined && found.length === 1
      ? text.slice(0, only.index) + text.slice(only.index + only[0].length)
      : text;
  const end = without.lastIndexOf("</");
  return end === -1
    ? text
    : `${without.slice(0, end)}  <${key} value="${escapeXml(value)}"/>\n${without.slice(end)}`;
}

function escapeXml(value: string): string {
  return value.replaceAll(/[&<>"\t\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}

// Of a key given twice the last counts; the text before stays as it is, numbers of the user's own with all their digits.
function amendJson(text: string, key: InfoKey, value: string): string {
  const written = Object.keys(JSON.parse(text.replace(/^\ufeff/, ""))).find((name) => infoKey(name) === key);
  const end = text.lastIndexOf("}");
  const before = text.slice(0, end).trimEnd();
  const comma = before.endsWith("{") ? "" : ",";
  return `${before}${comma}\n  ${JSON.stringify(written ?? key)}: ${JSON.stringify(value)}\n${text.slice(end)}`;
}

function amendSh(text: string, key: InfoKey, value: string): string {
  const lines = linesOf(text).filter((line) => directiveKey(line) !== key);
  const isQuoted = /^(["']).*\1$/s.test(value);
  const directive = `#QM ${key}=${isQuoted ? `"${value}"` : value}`;
  lines.splice(lines[0]?.replace(/^\ufeff/, "").startsWith("#!") === true ? 1 : 0, 0, directive);
  return lines.join(lineEndOf(text));
}

function directiveKey(line: string): InfoKey | undefined {
  const word = /^\ufeff?#QM\s+(?:--)?([\w-]+)/.exec(line)?.[1];
  return word === undefined ? undefined : infoKey(word.replaceAll("-", "_"));
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

function lineEndOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
