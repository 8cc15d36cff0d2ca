import { quoted } from "../text/escape.ts";
import type { Problem } from "../text/problem.ts";
import type { InfoField } from "./info-check.ts";

/** A script in a job's folder that its command line plainly begins with. */
export interface JobScript {
  readonly name: string;
  readonly text: string;
}

/** Endings by which another program than a shell runs a script. */
const OTHER_LANGUAGES = /\.(?:py|r|pl|js|jl)$/i;

const BYTE_ORDER_MARK = /^\ufeff/;

/** Oddities of the script that a job runs, with which no shell runs it as it is meant. */
export function scriptNotes({ name, text: marked }: JobScript): Problem[] {
  if (OTHER_LANGUAGES.test(name)) return [];
  const text = marked.replace(BYTE_ORDER_MARK, "");
  const isForShell = !text.startsWith("#!") || /^#!.*sh\b/.test(text);
  return [
    ...(text === marked ? [] : [byteOrderMark(name, text)]),
    ...(isForShell && text.includes("\r\n") ? [dosLines(name)] : []),
  ];
}

/** Words of bash in a command line and in the script that it runs, where `sh` runs these and is not bash. */
export function bashNotes(command: InfoField, script: JobScript | undefined, infoFile: string): Problem[] {
  const { line, value } = command;
  const place = { file: infoFile, ...(line === undefined ? {} : { line }), key: "script" };
  const inLine = bashIn(value).map(({ wrong }) => ({ ...place, wrong, right: adviceForLine(value) }));
  return [...inLine, ...(script === undefined ? [] : bashInScript(script, value))];
}

function bashInScript({ name, text: marked }: JobScript, command: string): Problem[] {
  const text = marked.replace(BYTE_ORDER_MARK, "");
  const right = "begin the script with #!/bin/bash";
  return isForSh({ name, text }, command)
    ? bashIn(text).map((found) => ({ file: name, ...found, right }))
    : [];
}

// The kernel looks for `#!` in the first two bytes.
function byteOrderMark(file: string, text: string): Problem {
  const harm = text.startsWith("#!")
    ? "so that its #! line is not seen"
    : "which a shell takes for a part of its first word";
  return { file, wrong: `begins with a byte-order mark, ${harm}`, right: "save it as UTF-8 without one" };
}

// Other languages take the carriage return for white space, a shell for a part of each line's last word.
function dosLines(file: string): Problem {
  const wrong = "has the line ends of Windows, with which a shell finds no command";
  return { file, wrong, right: "save it with those of Unix (LF)" };
}

/** The first word of bash in a text, and that there are others; nothing where there is none. */
function bashIn(text: string): [Pick<Problem, "wrong"> & { readonly line: number }] | [] {
  const [first, ...others] = [...bashWordsIn(text)].sort((one, other) => one.line - other.line);
  if (first === undefined) return [];
  const also = others.length === 0 ? "" : ` (as is ${others.map(({ word }) => word).join(", ")})`;
  return [{ line: first.line, wrong: `${first.word} is bash${also}, and is run by sh, which has none here` }];
}

/** `. ./env.sh` for `source env.sh`, as `.` looks for a bare name on the PATH alone. */
function adviceForLine(command: string): string {
  const [, file] = /\bsource\s+([\w./~+-]+)\s*(?:$|[;&|\n])/.exec(command) ?? [];
  const byBash = "run the line by bash -c '…'";
  if (file === undefined) return byBash;
  return `write ${quoted(`. ${file.includes("/") ? file : `./${file}`}`)} instead, or ${byBash}`;
}

function isForSh({ name, text }: JobScript, command: string): boolean {
  const [, shell] = /^\s*(?:\S*\/)?(\w*sh)\s/.exec(command) ?? [];
  if (shell !== undefined) return /^(?:da)?sh$/.test(shell);
  if (text.startsWith("#!")) return /^#!\s*(?:\/\S*\/)?(?:env\s+)?(?:da)?sh\b/.test(text);
  return /^[^.]*$|\.sh$/i.test(name);
}

/** Forms that `sh` refuses or takes for something else where it is dash or busybox, by the word they are called. */
const FORMS: readonly (readonly [word: string, form: RegExp])[] = [
  ["source", /(?:^|[;&|(]|\b(?:then|do|else)\s)\s*source\s+[^\s=]/],
  ["[[", /(?:^|[;&|(!]|\b(?:if|elif|while|until|then|do|else)\s)\s*\[\[\s/],
  ["an array", /(?:^|[;&|]|\b(?:then|do|else|local)\s)\s*[A-Za-z_]\w*\+?=\(/],
  ["function", /^\s*function\s+[A-Za-z_]/],
  ["<<<", /<<</],
  ["<(…)", /(?:^|\s)[<>]\(/],
  ["((…))", /(?:^|[;&|]|\b(?:if|while|for)\s)\s*\(\(/],
];

/**
 * The first of each form of bash in a script, which only bash and its like understand, with its line, 1-based; what is quoted, a comment or
 * a here-document does not count.
 */
export function bashWordsIn(script: string) {
  const lines = bareLines(script);
  return FORMS.flatMap(([word, form]) => {
    const at = lines.findIndex((line) => form.test(line));
    return at === -1 ? [] : [{ line: at + 1, word }];
  });
}

/** Each line without its comment and with its quoted texts emptied; those of a here-document are empty. */
function bareLines(script: string): string[] {
  let ending: string | undefined;
  return withoutQuotes(script).map((line) => {
    if (ending !== undefined) {
      if (line.trim() === ending) ending = undefined;
      return "";
    }
    ending = /(?<!<)<<-?\s*\\?([A-Za-z_]\w*)/.exec(line)?.[1];
    return line;
  });
}

// The word that ends a here-document keeps its letters, quoted or not.
function withoutQuotes(script: string): string[] {
  const bare = script.replaceAll(
    /(<<-?\s*)(["'])(\w+)\2|\\.|'[^']*'|"(?:[^"\\]|\\.)*"|(?<=^|[\s;])#.*/gm,
    (text, before: string | undefined, _quote, word: string | undefined) =>
      before === undefined ? text.replaceAll(/[^\n]/g, "") : `${before}${word ?? ""}`,
  );
  return bare.split("\n");
}
