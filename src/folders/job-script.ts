import fs from "node:fs";
import path from "node:path";
import type { ReadInfo } from "../core/read-info.ts";
import { readRegularFile } from "../files/safe-read.ts";
import { readForeignDirectives } from "../formats/sbatch.ts";
import { besides } from "../formats/sh.ts";

const MAX_SCRIPT_BYTES = 256 * 1024;

/** `./run.sh`, or `bash run.sh`, with arguments or not. */
const PLAIN_FILE = /^\s*(?:(?:\S*\/)?(?:ba|da|z|k)?sh\s+)?(?:\.\/)?'?([\p{L}\p{N}_+. -]+?)'?(?=$|[\s;|&<>])/u;

/** A script in a job's folder that its command line plainly begins with. */
export interface JobScript {
  readonly name: string;
  readonly text: string;
}

/** The script that a command line runs; undefined where it runs none of the folder, or one that is no small text. */
export function scriptOf(jobFolder: string, command: string): JobScript | undefined {
  const name = PLAIN_FILE.exec(command)?.[1];
  if (name === undefined) return undefined;
  const owner = fs.lstatSync(jobFolder, { throwIfNoEntry: false })?.uid;
  const read = readRegularFile(path.join(jobFolder, name), MAX_SCRIPT_BYTES, owner);
  return read.kind === "read" ? { name, text: read.bytes.toString("utf8") } : undefined;
}

/** The options of an info file, with what the script that it runs says to another batch system, where the file itself does not. */
export function withScriptDirectives(read: ReadInfo, jobFolder: string, infoFile: string): ReadInfo {
  const options = read.kind === "ok" ? read.value : read.readable;
  const command = options?.findLast(({ key }) => key === "script")?.value;
  const script = command === undefined ? undefined : scriptOf(jobFolder, command);
  if (options === undefined || script === undefined || script.name === infoFile) return read;
  const directives = readForeignDirectives(script.text.split(/\r?\n/), script.name);
  const { fields, problems, notes } = besides(directives, options);
  const all = [...fields.map(({ key, value }) => ({ key, value })), ...options];
  const { own = [] } = read;
  const known = { own, notes: [...notes, ...(read.notes ?? [])] };
  if (read.kind === "problems")
    return { ...read, readable: all, problems: [...read.problems, ...problems], ...known };
  if (problems.length > 0) return { kind: "problems", readable: all, problems, ...known };
  return { kind: "ok", value: all, ...known };
}
