import fs from "node:fs";
import { errorCode, isTrouble } from "./error-code.ts";

/** A stranger's file, read; or why it was not. */
export type SafeRead =
  | { readonly kind: "read"; readonly bytes: Buffer }
  | { readonly kind: "absent" }
  | RefusedRead;

/** Why a file was not read. */
export interface RefusedRead {
  readonly kind: "refused";
  readonly why: string;
  /** The system's code ("EACCES"), if it was the system that refused. */
  readonly code?: string;
  /** Says nothing about the file: with more handles, or once the disk is well, it may be read. */
  readonly isTrouble: boolean;
}

/**
 * Reads a whole regular file that somebody else may have put there. Never blocks on a FIFO or a device, never
 * follows a link as the last part of the path, never reads more than `maxBytes`.
 * @param ownerUid whose files alone may have other names too: a hard link shows another owner's file under a name of one's own
 */
export function readRegularFile(file: string, maxBytes: number, ownerUid?: number): SafeRead {
  try {
    const found = fs.lstatSync(file);
    if (!found.isFile()) return noFile(found);
    if (found.size > maxBytes) return tooLarge(found.size, maxBytes);
    return readOpened(file, maxBytes, ownerUid);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
    const why = `cannot be read (${code ?? String(error)})`;
    return {
      kind: "refused",
      why,
      ...(code === undefined ? {} : { code }),
      isTrouble: isTrouble(error),
    };
  }
}

/** What a path is, for a message: "a link", "a FIFO", "a folder". */
export function typeName(stats: fs.Stats): string {
  if (stats.isFile()) return "a file";
  if (stats.isDirectory()) return "a folder";
  if (stats.isSymbolicLink()) return "a link";
  if (stats.isFIFO()) return "a FIFO";
  if (stats.isSocket()) return "a socket";
  return "a device";
}

// Between lstat and open the file may have been swapped: O_NONBLOCK keeps a FIFO from blocking, the opened file is checked again.
function readOpened(file: string, maxBytes: number, ownerUid: number | undefined): SafeRead {
  const handle = fs.openSync(
    file,
    fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY,
  );
  try {
    const opened = fs.fstatSync(handle);
    if (!opened.isFile()) return noFile(opened);
    if (opened.size > maxBytes) return tooLarge(opened.size, maxBytes);
    if (ownerUid !== undefined && opened.uid !== ownerUid && opened.nlink > 1)
      return refused("is a second name (hard link) of another owner's file");
    return { kind: "read", bytes: readUpTo(handle, opened.size) };
  } finally {
    fs.closeSync(handle);
  }
}

function readUpTo(handle: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const count = fs.readSync(handle, bytes, filled, size - filled, null);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function noFile(found: fs.Stats): SafeRead {
  return refused(`is ${typeName(found)}, not a regular file`);
}

function refused(why: string): SafeRead {
  return { kind: "refused", why, isTrouble: false };
}

function tooLarge(size: number, maxBytes: number): SafeRead {
  return refused(`is ${size} bytes long, more than the ${maxBytes} allowed`);
}
