import fs from "node:fs";
import path from "node:path";
import { readRegularFile } from "../../disk/safe-read.ts";
import { type ForeignDirectives, readForeignDirectives } from "../../formats/sbatch.ts";
import { besides } from "../../formats/sh.ts";
import type { ReadInfo } from "../../job/read-info.ts";
import { bashNotes, type JobScript, scriptNotes } from "../../job/script-notes.ts";

const MAX_SCRIPT_BYTES = 256 * 1024;

/** `./run.sh`, or `bash run.sh`, with arguments or not. */
const PLAIN_FILE = /^\s*(?:(?:\S*\/)?(?:ba|da|z|k)?sh\s+)?(?:\.\/)?'?([\p{L}\p{N}_+. -]+?)'?(?=$|[\s;|&<>])/u;

/** The script that a command line runs; undefined where it runs none of the folder, or one that is no small text. */
function scriptOf(jobFolder: string, command: string): JobScript | undefined {
  const name = PLAIN_FILE.exec(command)?.[1];
  if (name === undefined) return undefined;
  const owner = fs.lstatSync(jobFolder, { throwIfNoEntry: false })?.uid;
  const read = readRegularFile(path.join(jobFolder, name), MAX_SCRIPT_BYTES, owner);
  return read.kind === "read" ? { name, text: read.bytes.toString("utf8") } : undefined;
}

/**
 * The options of an info file, with what the script that it runs says to another batch system, where the file itself does
 * not, and with notes about what a shell will not run as it is meant.
 */
export function withScript(read: ReadInfo, jobFolder: string, infoFile: string): ReadInfo {
  const options = read.kind === "ok" ? read.value : read.readable;
  const command = options?.findLast(({ key }) => key === "script");
  if (options === undefined || command === undefined) return read;
  const script = scriptOf(jobFolder, command.value);
  const { fields, problems, notes } = besides(directivesOf(script, infoFile), options);
  const all = [...fields.map(({ key, value }) => ({ key, value })), ...options];
  const { own = [] } = read;
  const ofShell = [
    ...(script === undefined ? [] : scriptNotes(script)),
    ...(isBash("/bin/sh") ? [] : bashNotes(command, script, infoFile)),
  ];
  const known = { own, notes: [...ofShell, ...notes, ...(read.notes ?? [])] };
  if (read.kind === "problems")
    return { ...read, readable: all, problems: [...read.problems, ...problems], ...known };
  if (problems.length > 0) return { kind: "problems", readable: all, problems, ...known };
  return { kind: "ok", value: all, ...known };
}

// Those of a script that is the info file itself are among its options already.
function directivesOf(script: JobScript | undefined, infoFile: string): ForeignDirectives {
  if (script === undefined || script.name === infoFile) return { fields: [], problems: [], notes: [] };
  return readForeignDirectives(script.text.split(/\r?\n/), script.name);
}

function isBash(program: string): boolean {
  try {
    return path.basename(fs.realpathSync(program)) === "bash";
  } catch {
    return true;
  }
}
