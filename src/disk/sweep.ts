import fs from "node:fs";
import path from "node:path";
import { isTemporaryName } from "./temporary-file.ts";

/** Nobody is that long at writing one of our files. */
const ABANDONED_AFTER_MS = 60_000;

/**
 * Removes the temporary files that programs which were killed have left in a folder, between the writing of a file and its
 * rename. Never throws: they take room and do no other harm.
 */
export function sweepTemporaryFiles(folder: string): void {
  try {
    for (const name of fs.readdirSync(folder))
      if (isTemporaryName(name)) removeIfOld(path.join(folder, name));
  } catch {
    // Not there, or not to be read.
  }
}

function removeIfOld(file: string): void {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (found?.isFile() === true && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) fs.rmSync(file);
}
