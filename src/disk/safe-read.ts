import fs from "node:fs";
import { tryOr } from "../text/try-or.ts";
import { codeOrText, errorCode, ifThere, isAbsence, isExhaustion, isTrouble } from "./error-code.ts";
import { OpenFile, openFile } from "./open-file.ts";

/** A stranger's file, read; or why it was not. */
export type SafeRead =
  | { readonly kind: "read"; readonly bytes: Buffer }
  | { readonly kind: "absent" }
  | RefusedRead;

/** The reason why a file was not read. */
export interface RefusedRead {
  readonly kind: "refused";
  readonly why: string;
  /** The system's code ("EACCES"), if it was the system that refused. */
  readonly code: string | undefined;
  /** Says nothing about the file: with more handles, or once the disk is well, it may be read. */
  readonly isTrouble: boolean;
}

/** A refusal of what lies at a path, in words: the same again will be refused too. */
export class Refusal extends Error {}

/** Throws a {@link Refusal}; `why` is a clause: "is a link". */
export function refuseUnless(holds: boolean, why: string): void {
  if (!holds) throw new Refusal(why);
}

/**
 * Reads a whole regular file that somebody else may have put there. Never blocks on a FIFO or a device, never
 * follows a link as the last part of the path, never reads more than `maxBytes`.
 * @param ownerUid whose files alone may have other names too: a hard link shows another owner's file under a name of one's own
 */
export function readRegularFile(file: string | Buffer, maxBytes: number, ownerUid?: number): SafeRead {
  try {
    using opened = openRegular(file);
    if (opened === undefined) return { kind: "absent" };
    const { handle, size, stats } = opened;
    refuseUnless(size <= maxBytes, `is ${size} bytes long, more than the ${maxBytes} allowed`);
    const isItsOwn = ownerUid === undefined || stats.uid === ownerUid || stats.nlink <= 1;
    refuseUnless(isItsOwn, "is a second name (hard link) of another owner's file");
    return { kind: "read", bytes: readAt(handle, 0, size) };
  } catch (error) {
    if (isAbsence(error)) return { kind: "absent" };
    return { kind: "refused", why: whyNotRead(error), code: errorCode(error), isTrouble: isTrouble(error) };
  }
}

/** The text of a file that {@link readRegularFile} reads; empty where it reads none. */
export function readRegularText(file: string, maxBytes: number): string {
  const read = readRegularFile(file, maxBytes);
  return read.kind === "read" ? read.bytes.toString("utf8") : "";
}

/**
 * The bytes of a record of our own; undefined when there is none. Throws when one is there and cannot be read (no handles left, a
 * failing disk), as it must not pass for one that is missing.
 */
export function readRecordBytes(file: string, maxBytes: number): Buffer | undefined {
  const read = readRegularFile(file, maxBytes);
  if (read.kind === "refused") throw new Error(`${file} ${read.why}`);
  return read.kind === "read" ? read.bytes : undefined;
}

/**
 * The beginning of a file of our own, by its opening alone, as some mounts show a file that another machine has replaced as it was for
 * seconds; undefined where there is none. Throws what the file system throws.
 */
export function readFresh(file: string, maxBytes: number): string | undefined {
  return ifThere(() => {
    using opened = openFile(file, STRANGERS_FILE);
    return readBeginning(opened.handle, maxBytes).toString("utf8");
  });
}

// A mount may tell of a smaller size than the file has by now.
function readBeginning(handle: number, maxBytes: number): Buffer {
  let length = Math.min(maxBytes, fs.fstatSync(handle).size + 1);
  for (;;) {
    const bytes = readAt(handle, 0, length);
    if (bytes.length < length || length === maxBytes) return bytes;
    length = Math.min(maxBytes, length * 2);
  }
}

/** The text of a cache of our own; empty when none can be read. Throws where handles or memory are missing to open it. */
export function readCacheText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (isExhaustion(error)) throw error;
    return "";
  }
}

/** The reason why a file was not opened or read, as a clause. */
export function whyNotRead(error: unknown): string {
  return error instanceof Refusal ? error.message : `cannot be read (${codeOrText(error)})`;
}

/** The kind of thing at a path, for a message: "a link", "a FIFO", "a folder". */
export function typeName(stats: fs.Stats): string {
  if (stats.isFile()) return "a file";
  if (stats.isDirectory()) return "a folder";
  if (stats.isSymbolicLink()) return "a link";
  if (stats.isFIFO()) return "a FIFO";
  if (stats.isSocket()) return "a socket";
  return "a device";
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;

/** The flags to open a stranger's file with, once it has been seen to be a regular one: it may have been swapped since. */
export const STRANGERS_FILE = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/** A regular file, mostly a job's log, opened for reading. */
export class OpenLog extends OpenFile {
  /** As it was opened. */
  readonly stats: fs.Stats;
  /** In bytes, when it was opened. */
  readonly size: number;

  constructor(handle: number, stats: fs.Stats) {
    super(handle);
    this.stats = stats;
    this.size = stats.size;
  }

  /** Device and inode: tells a new log from a grown one. */
  get identity(): string {
    return `${this.stats.dev}:${this.stats.ino}`;
  }
}

/**
 * Opens a regular file; undefined where there is none, as almost always where a request is looked for: an error takes long to be made.
 * Throws what the file system throws, or a refusal.
 */
function openRegular(file: string | Buffer): OpenLog | undefined {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  refuseIrregular(found);
  const handle = fs.openSync(file, STRANGERS_FILE);
  try {
    const stats = fs.fstatSync(handle);
    // Between the two somebody may have put something else there.
    refuseIrregular(stats);
    return new OpenLog(handle, stats);
  } catch (error) {
    fs.closeSync(handle);
    throw error;
  }
}

function refuseIrregular(found: fs.Stats): void {
  refuseUnless(found.isFile(), `is ${typeName(found)}, not a regular file`);
}

/**
 * Opens a regular file that a stranger may have put there: never a link, never waiting on a FIFO; undefined where there is none, or
 * none that may be read. The caller closes it.
 */
export function openLogForReading(file: string): OpenLog | undefined {
  return tryOr(() => openRegular(file), undefined);
}

/** Reads from a file that is opened as by {@link openLogForReading}. Throws what the reading throws. */
export function withRegularFile<T>(file: string, read: (opened: OpenLog) => T): T | undefined {
  using opened = openLogForReading(file);
  return opened === undefined ? undefined : read(opened);
}

/**
 * The system's code ("EACCES") where it does not let a log be read that is there or may be. Undefined where it does, or none
 * is there.
 */
export function codeAgainstReading(file: string): string | undefined {
  try {
    using _ = openRegular(file);
    return undefined;
  } catch (error) {
    return isAbsence(error) ? undefined : errorCode(error);
  }
}

/** At most the last `maxBytes` of a log; undefined where there is none. Not for what strangers see: see `readOwnLogTail`. */
export function readLogTail(file: string, maxBytes: number): Buffer | undefined {
  return withRegularFile(file, (log) => readTail(log, maxBytes));
}

/** At most the last `maxBytes` of an opened file. Throws what the file system throws. */
export function readTail({ handle, size }: Pick<OpenLog, "handle" | "size">, maxBytes: number): Buffer {
  const length = Math.min(size, maxBytes);
  return readAt(handle, size - length, length);
}

/** Up to `length` bytes of an opened file; fewer where it ends before. Throws what the file system throws. */
export function readAt(handle: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = fs.readSync(handle, bytes, filled, length - filled, start + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
