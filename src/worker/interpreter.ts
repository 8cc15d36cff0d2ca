import fs from "node:fs";
import path from "node:path";
import { quoteForShell } from "../text/shell-quote.ts";
import { isProgram } from "./find-program.ts";

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

/** What to put before a file's name so that it runs: "" when the system can run it itself, undefined when nothing helps. */
export function interpreterFor(file: string): string | undefined {
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

function readHead(file: string): string | undefined {
  try {
    const handle = fs.openSync(
      file,
      fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY,
    );
    try {
      return fs.fstatSync(handle).isFile() ? readBytes(handle) : undefined;
    } finally {
      fs.closeSync(handle);
    }
  } catch {
    // Not there, a link, or not ours to read: left to the shell, which will say so in the job's log.
    return undefined;
  }
}

function readBytes(handle: number): string {
  const bytes = Buffer.alloc(HEAD_BYTES);
  return bytes.toString("utf8", 0, fs.readSync(handle, bytes, 0, HEAD_BYTES, 0));
}
