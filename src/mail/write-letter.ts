import fs from "node:fs";
import path from "node:path";
import { createAnew, syncFolder, writeWhole } from "../disk/durable.ts";
import { soleWritersNameOf } from "../disk/temporary-file.ts";

const FILE_MODE = 0o600;

/**
 * Writes a new letter by itself so that it outlives a power cut: the file is synced once it has its name, and so is its
 * folder. Should a power cut come before, the letter may be there without its content. Throws what the file system
 * throws, and leaves nothing behind then.
 */
export function writeNewLetter(file: string, text: string): void {
  const temporary = soleWritersNameOf(file);
  const handle = createAnew(temporary, FILE_MODE);
  try {
    writeWhole(handle, text);
    fs.renameSync(temporary, file);
    fs.fsyncSync(handle);
    syncFolder(path.dirname(file));
  } catch (error) {
    for (const left of [temporary, file]) fs.rmSync(left, { force: true });
    throw error;
  } finally {
    fs.closeSync(handle);
  }
}
