import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { errorCode } from "./error-code.ts";
import { temporaryNameOf } from "./temporary-file.ts";

/**
 * Writes a file so that a crash or a power cut leaves either the old content or the new, whole:
 * written under a temporary name, synced, renamed into place, folder synced. Throws what the file system throws.
 */
export function writeFileDurably(file: string, text: string, mode = 0o644): void {
  replaceFile(file, text, mode, true);
  syncFolder(path.dirname(file));
}

/**
 * Writes a file that is not there yet, in place: readers must treat a torn file as missing. The caller syncs it and its
 * folder. Throws what the file system throws, EEXIST where there is one.
 */
export function createFile(file: string, text: string, mode: number): void {
  const handle = fs.openSync(file, "wx", mode);
  try {
    writeWhole(handle, text);
  } finally {
    fs.closeSync(handle);
  }
}

/** As {@link writeFileDurably} without the syncs: never torn for a reader, but a power cut may take it back. */
export function writeFileAtomically(file: string, text: string, mode = 0o644): void {
  replaceFile(file, text, mode, false);
}

/** Makes the renames, creations and removals done in a folder survive a power cut, where its file system can. */
export function syncFolder(folder: string): void {
  const handle = fs.openSync(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  try {
    fs.fsyncSync(handle);
  } catch (error) {
    throwUnlessUnsyncable(error);
  } finally {
    fs.closeSync(handle);
  }
}

/** Passes over that a file system does not know how to sync folders, as some shared by network or by a virtual machine. */
export function throwUnlessUnsyncable(error: unknown): void {
  if (errorCode(error) !== "EINVAL") throw error;
}

function replaceFile(file: string, text: string, mode: number, sync: boolean): void {
  const temporary = temporaryNameOf(file);
  try {
    const handle = createAnew(temporary, mode);
    try {
      writeWhole(handle, text);
      if (sync) fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Opens a new file to write to; one that is there was left by a crash and is replaced. Not looked for first, as almost
 * always there is none. The caller closes it. Throws what the file system throws.
 */
export function createAnew(file: string, mode: number): number {
  try {
    return fs.openSync(file, "wx", mode);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    fs.rmSync(file, { force: true, recursive: true });
    return fs.openSync(file, "wx", mode);
  }
}

/** Writes all of a text: a write may be cut short on a nearly full disk without an error; the next one then tells. */
export function writeWhole(handle: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let written = 0; written < bytes.length; ) {
    written += fs.writeSync(handle, bytes, written);
  }
}

/**
 * Puts on disk what has been written so far to the file system of a folder: cheaper than file by file where there are many. Where
 * the system has no `sync -f`, nothing is done. Never throws.
 */
export async function syncFileSystem(folder: string): Promise<void> {
  await new Promise<void>((resolve) => execFile("sync", ["-f", folder], () => resolve()));
}
