import fs from "node:fs";
import { errorCode, isNoRoom } from "./error-code.ts";

/**
 * Writes a text over a spare file, whose blanks keep room for it, and puts that into a file's place: for a disk without a free
 * byte or inode. The caller syncs the folder. False where there is no such spare, or the file system gives what is
 * written over new room. Throws what else it throws.
 */
export function replaceBySpare(file: string, spare: string, text: string): boolean {
  try {
    writeOver(spare, text);
    fs.renameSync(spare, file);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT" || isNoRoom(error)) return false;
    throw error;
  }
}

/**
 * Writes a text over a file and syncs it. What it does not fill is blank afterwards, as a file that is cut gives its room back.
 * Throws what the file system throws.
 */
export function writeOver(file: string, text: string): void {
  const handle = fs.openSync(file, "r+");
  try {
    const blank = Buffer.alloc(fs.fstatSync(handle).size, " ");
    const bytes = Buffer.from(text, "utf8");
    const whole = Buffer.concat([bytes, blank.subarray(bytes.length)]);
    for (let at = 0; at < whole.length; ) at += fs.writeSync(handle, whole, at, whole.length - at, at);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
