import fs from "node:fs";
import path from "node:path";
import { bashWordsIn } from "../core/bash-words.ts";
import type { JobInfo } from "../core/job-info.ts";
import { type JobScript, scriptOf } from "../folders/job-script.ts";

/** Warnings about a job's script that the shell will not run as it is meant, as sentences. */
export function scriptWarnings(folder: string, info: JobInfo): string[] {
  return [...dosLines(folder, info), ...bashWords(folder, info)];
}

// Other languages take the carriage return for white space, a shell for a part of each line's last word.
function dosLines(folder: string, { infoFile }: JobInfo): string[] {
  if (path.extname(infoFile).toLowerCase() !== ".sh") return [];
  const text = fs.readFileSync(path.join(folder, infoFile), "latin1");
  const isForShell = !text.startsWith("#!") || /^#!.*sh\b/.test(text);
  if (!isForShell || !text.includes("\r\n")) return [];
  return [
    `${infoFile} has the line ends of Windows, with which a shell finds no command: save it with those of Unix (LF)`,
  ];
}

// Without a `#!` line, or with one that names it, a script is run by `sh`, which need not be bash.
function bashWords(folder: string, { script: command }: JobInfo): string[] {
  if (isBash("/bin/sh")) return [];
  const script = scriptOf(folder, command);
  const inFile = script === undefined || !isForSh(script, command) ? [] : bashWordsIn(script.text);
  const inLine = bashWordsIn(command).map(({ word }) => ({ word, where: "the command line" }));
  const found = [
    ...inLine,
    ...inFile.map(({ word, line }) => ({ word, where: `${script?.name}, line ${line}` })),
  ];
  return found.map(
    ({ word, where }) =>
      `${where}: ${word} is bash, and is run by sh, which has none here: begin the script with #!/bin/bash`,
  );
}

function isForSh({ name, text }: JobScript, command: string): boolean {
  const [, shell] = /^\s*(?:\S*\/)?(\w*sh)\s/.exec(command) ?? [];
  if (shell !== undefined) return /^(?:da)?sh$/.test(shell);
  if (text.startsWith("#!")) return /^#!\s*(?:\/\S*\/)?(?:env\s+)?(?:da)?sh\b/.test(text);
  return ["", ".sh"].includes(path.extname(name).toLowerCase());
}

function isBash(program: string): boolean {
  try {
    return path.basename(fs.realpathSync(program)) === "bash";
  } catch {
    return true;
  }
}
