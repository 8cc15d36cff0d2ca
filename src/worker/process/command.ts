import fs from "node:fs";
import path from "node:path";
import { readAt, withRegularFile } from "../../disk/safe-read.ts";
import { quoteForShell } from "../../text/escape.ts";
import { tryOr } from "../../text/try-or.ts";
import { findProgram, isProgram } from "./find-program.ts";

/**
 * The command line to run for a `script`. Where its first word is a file of the folder it runs in that the shell could not
 * run as it is (not executable, as SMB loses the bit; `./` forgotten; a `#!` line with CRLF), that word is preceded by
 * the interpreter of its `#!` line or of its ending, or by `./`. Everything else is left as it is written.
 *
 * @param searchPath the PATH that the job will have: a bare name found there is a program, as for the shell
 */
export function resolveCommand(script: string, folder: string, searchPath: string): string {
  const word = firstWordOf(script);
  // First, as few folders hold a file of a program's name, and a PATH has many.
  if (word === undefined || !fs.existsSync(path.join(folder, word.name))) return script;
  if (!word.name.includes("/") && findProgram(word.name, searchPath) !== undefined) return script;
  const file = fileInside(folder, word.name);
  const interpreter = file === undefined ? undefined : interpreterFor(file);
  return interpreter === undefined ? script : rewrite(word, interpreter);
}

function rewrite({ before, written, name, after }: FirstWord, interpreter: string): string {
  // With `./` no interpreter takes the name for an option or looks for it elsewhere.
  const file = name.includes("/") ? written : `./${written}`;
  return `${before}${interpreter}${interpreter === "" ? "" : " "}${file}${after}`;
}

// The real path of a file that lies in the folder, through links too; undefined for all that lies outside.
function fileInside(folder: string, name: string): string | undefined {
  if (path.isAbsolute(name)) return undefined;
  return tryOr(() => {
    const file = fs.realpathSync(path.join(folder, name));
    return file.startsWith(`${fs.realpathSync(folder)}/`) ? file : undefined;
  }, undefined);
}

/** The first word of a shell command line, where it is a plain file name. */
interface FirstWord {
  /** The blanks before it. */
  readonly before: string;
  /** As written, with its quotes. */
  readonly written: string;
  /** The name that it stands for. */
  readonly name: string;
  /** The rest of the line, from right behind the word. */
  readonly after: string;
}

// Characters that a POSIX shell takes for themselves; the word must end at a blank, an operator or the end.
const BARE = /[^\s'"\\$`*?[\]{}()<>|&;#!~=]+/y;
const QUOTED = /'[^'\0]+'|"[^"\\$`\0]+"/y;
const WORD_END = /^(?:$|[\s;|&<>])/;

// Words that the shell takes for itself even where no program of that name is on the PATH.
const SHELL_WORDS = new Set(
  `. : alias bg break case cd command continue coproc do done elif else esac eval exec exit export fc fg fi for
  function getopts hash if in jobs local read readonly return select set shift source then time times trap type
  ulimit umask unalias unset until wait while`.split(/\s+/),
);

/**
 * Splits off the first word as a POSIX shell would. Undefined where that would need the shell itself: expansions,
 * assignments, partly quoted words, redirections, compound commands, and the shell's own words.
 */
export function firstWordOf(script: string): FirstWord | undefined {
  const before = /^\s*/.exec(script)?.[0] ?? "";
  const written = matchAt(QUOTED, script, before.length) ?? matchAt(BARE, script, before.length);
  if (written === undefined) return undefined;
  const after = script.slice(before.length + written.length);
  const isQuoted = /^['"]/.test(written);
  const name = isQuoted ? written.slice(1, -1) : written;
  if (!WORD_END.test(after) || name.includes("\n")) return undefined;
  if (!isQuoted && (SHELL_WORDS.has(name) || isDescriptor(name, after))) return undefined;
  return { before, written, name, after };
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

// In `2>errors program`, 2 is no word of the command.
function isDescriptor(name: string, after: string): boolean {
  return /^\d+$/.test(name) && /^[<>]/.test(after);
}

/** As much of a `#!` line as Linux itself reads. */
const HEAD_BYTES = 256;

const BY_ENDING = new Map([
  [".sh", "sh"],
  [".py", "python3"],
  [".r", "Rscript"],
  [".pl", "perl"],
  [".js", "node"],
  [".jl", "julia"],
]);

/** The words to put before a file's name so that it runs: "" when the system can run it itself, undefined when nothing helps. */
function interpreterFor(file: string): string | undefined {
  const head = readHead(file);
  if (head === undefined) return undefined;
  const asked = askedFor(head);
  if (isProgram(file) && isRunnable(head, asked, file)) return "";
  return asked?.words.map(quoteForShell).join(" ") ?? byEnding(file);
}

interface Asked {
  /** The interpreter, and its argument if there is one: Linux hands on all that follows as one argument. */
  readonly words: readonly string[];
  /** Linux takes a carriage return for a part of the interpreter's name. */
  readonly isDosLine: boolean;
}

function askedFor(head: string): Asked | undefined {
  const line = /^#![ \t]*([^\n]*)\n/.exec(`${head}\n`)?.[1];
  const isWhole = head.includes("\n") || Buffer.byteLength(head) < HEAD_BYTES;
  const [, program, argument] = /^([^ \t\r]+)[ \t]*(.*?)[ \t]*\r?$/.exec(line ?? "") ?? [];
  if (line === undefined || program === undefined || !isWhole) return undefined;
  return { words: argument ? [program, argument] : [program], isDosLine: line.endsWith("\r") };
}

// Network mounts often show every file as executable; one without `#!` would then be run as a shell script.
function isRunnable(head: string, asked: Asked | undefined, file: string): boolean {
  if (asked !== undefined) return !asked.isDosLine;
  return head.startsWith("\x7fELF") || byEnding(file) === undefined;
}

function byEnding(file: string): string | undefined {
  return BY_ENDING.get(path.extname(file).toLowerCase());
}

// Not there, a link, or not ours to read: left to the shell, which will say so in the job's log.
function readHead(file: string): string | undefined {
  return tryOr(
    () => withRegularFile(file, ({ handle }) => readAt(handle, 0, HEAD_BYTES).toString("utf8")),
    undefined,
  );
}
