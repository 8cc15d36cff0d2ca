import fs from "node:fs";
import path from "node:path";
import { type FirstWord, firstWordOf } from "./command-word.ts";
import { findProgram } from "./find-program.ts";
import { interpreterFor } from "./interpreter.ts";

/**
 * The command line to run for a `script`. Where its first word is a file of the job's folder that the shell could not
 * run as it is (not executable, as SMB loses the bit; `./` forgotten; a `#!` line with CRLF), that word is preceded by
 * the interpreter of its `#!` line or of its ending, or by `./`. Everything else is left as it is written.
 *
 * @param searchPath the PATH that the job will have: a bare name found there is a program, as for the shell
 */
export function resolveCommand(script: string, jobFolder: string, searchPath: string): string {
  const word = firstWordOf(script);
  if (word === undefined || (!word.name.includes("/") && findProgram(word.name, searchPath) !== undefined)) {
    return script;
  }
  const file = fileInside(jobFolder, word.name);
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
  try {
    const file = fs.realpathSync(path.join(folder, name));
    return file.startsWith(`${fs.realpathSync(folder)}/`) ? file : undefined;
  } catch {
    return undefined;
  }
}
