import fs from "node:fs";

/** A job's log, opened for reading; the caller closes it. */
export interface OpenLog {
  readonly handle: number;
  readonly size: number;
  /** Device and inode: tells a new log from a grown one. */
  readonly identity: string;
}

/** Opens a regular file that a stranger may have put there: never a link, never waiting on a FIFO; otherwise undefined. */
export function openLogForReading(file: string): OpenLog | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;
  let handle: number | undefined;
  try {
    if (!fs.lstatSync(file).isFile()) return undefined;
    handle = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    const { size, dev, ino } = fs.fstatSync(handle);
    if (fs.fstatSync(handle).isFile()) return { handle, size, identity: `${dev}:${ino}` };
  } catch {
    // Not there, or not ours to read: there is no log.
  }
  if (handle !== undefined) fs.closeSync(handle);
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
