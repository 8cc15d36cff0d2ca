import fs from "node:fs";
import { errorCode } from "./error-code.ts";

/** A job's log, opened for reading; the caller closes it. */
export interface OpenLog {
  readonly handle: number;
  readonly size: number;
  /** Device and inode: tells a new log from a grown one. */
  readonly identity: string;
}

/** Opens a regular file that a stranger may have put there: never a link, never waiting on a FIFO; otherwise undefined. */
export function openLogForReading(file: string): OpenLog | undefined {
  try {
    return openRegular(file);
  } catch {
    // Not there, or not ours to read: there is no log.
    return undefined;
  }
}

/** Why the system does not let a log be read that is there or may be: its code ("EACCES"). Undefined where it does, or none is there. */
export function codeAgainstReading(file: string): string | undefined {
  try {
    const log = openRegular(file);
    if (log !== undefined) fs.closeSync(log.handle);
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : code;
  }
}

function openRegular(file: string): OpenLog | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;
  if (!fs.lstatSync(file).isFile()) return undefined;
  const handle = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  // Between the two somebody may have put something else there.
  const stats = fs.fstatSync(handle);
  if (stats.isFile()) return { handle, size: stats.size, identity: `${stats.dev}:${stats.ino}` };
  fs.closeSync(handle);
  return undefined;
}

/** At most the last `maxBytes` of a log; undefined where there is none. Not for what strangers see: see `readOwnLogTail`. */
export function readLogTail(file: string, maxBytes: number): Buffer | undefined {
  const log = openLogForReading(file);
  return log === undefined ? undefined : readTailAndClose(log, maxBytes);
}

/** At most the last `maxBytes` of an opened log, which is closed. Throws what the file system throws while reading. */
export function readTailAndClose({ handle, size }: OpenLog, maxBytes: number): Buffer {
  try {
    const length = Math.min(size, maxBytes);
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, fs.readSync(handle, bytes, 0, length, size - length));
  } finally {
    fs.closeSync(handle);
  }
}
