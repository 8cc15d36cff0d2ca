import fs from "node:fs";
import path from "node:path";
import { readRegularFile, type SafeRead } from "../disk/safe-read.ts";

/** Of an info file, and of a script that is looked into. */
export const MAX_INFO_BYTES = 256 * 1024;

/** Reads an info file, or another small file of a job's folder; a second name for the file of another owner is refused. */
export function readInfoBytes(jobFolder: string, name: string): SafeRead {
  const owner = fs.lstatSync(jobFolder, { throwIfNoEntry: false })?.uid;
  return readRegularFile(path.join(jobFolder, name), MAX_INFO_BYTES, owner);
}
