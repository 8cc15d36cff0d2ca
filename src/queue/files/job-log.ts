import fs from "node:fs";
import path from "node:path";
import { StringDecoder } from "node:string_decoder";
import { errorCode, isThere } from "../../disk/error-code.ts";
import { nameOfHandle } from "../../disk/held-folder.ts";
import { type OpenFile, openFile } from "../../disk/open-file.ts";
import { type OpenLog, readAt, readTail, withRegularFile } from "../../disk/safe-read.ts";
import { tryOr } from "../../text/try-or.ts";
import { firstUnused } from "../access.ts";
import { JOB_FILES } from "../layout.ts";

/** The end of a log, as far as it was read. */
export interface LastLines {
  /** Whole lines, and the unfinished one behind them; invalid bytes replaced. */
  readonly text: string;
  /** The beginning of the text, in bytes from the log's start. */
  readonly fromByte: number;
  /** The beginning of the unfinished last line, in bytes; `size` where there is none. */
  readonly unfinishedByte: number;
  /** The log's length in bytes when it was opened. */
  readonly size: number;
  readonly identity: string;
  /** True where there is more before the text. */
  readonly cut: boolean;
}

const NEWLINE = 0x0a;
const BLOCK_BYTES = 64 * 1024;
const MAX_BYTES = 1024 * 1024;

/**
 * The last lines of a log of any size, read backwards from its end, at most 1 MiB. Throws what the file system throws
 * while reading.
 */
export function readLastLines(log: OpenLog, maxLines = 1000): LastLines {
  const limit = Math.max(0, log.size - MAX_BYTES);
  const start = startOfLastLines(log, maxLines, limit) ?? limit;
  const bytes = readAt(log.handle, start, log.size - start);
  const isWithinLine = start === limit && limit > 0;
  const skipped = isWithinLine ? firstWholeLine(bytes) : 0;
  return describe(log, bytes.subarray(skipped), start + skipped);
}

/**
 * The beginning of the last lines of a log, in bytes from its start; undefined where fewer begin behind `limit`. Throws what the
 * file system throws while reading.
 */
export function startOfLastLines({ handle, size }: OpenLog, count: number, limit = 0): number | undefined {
  let left = count;
  // The newline that ends the last line begins no other.
  for (let end = size - 1; end > limit; ) {
    const start = Math.max(limit, end - BLOCK_BYTES);
    const block = readAt(handle, start, end - start);
    for (let at = block.lastIndexOf(NEWLINE); at !== -1; at = newlineBefore(block, at)) {
      left -= 1;
      if (left === 0) return start + at + 1;
    }
    end = start;
  }
  return undefined;
}

/** The place at which the first line begins in bytes from the middle of a log; the first character where no line does. */
export function firstWholeLine(bytes: Buffer): number {
  const newline = bytes.indexOf(NEWLINE);
  if (newline !== -1 && newline + 1 < bytes.length) return newline + 1;
  const character = bytes.subarray(0, 4).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return Math.max(0, character);
}

function describe({ size, identity }: OpenLog, bytes: Buffer, fromByte: number): LastLines {
  const unfinishedByte = fromByte + bytes.lastIndexOf(NEWLINE) + 1;
  // A character of which only the beginning is written yet is left out.
  const text = new StringDecoder("utf8").write(bytes);
  return { text, fromByte, unfinishedByte, size, identity, cut: fromByte > 0 };
}

function newlineBefore(block: Buffer, at: number): number {
  return block.subarray(0, at).lastIndexOf(NEWLINE);
}

const SHORTENED_LINES = 4000;
const LINE_BEGIN_BYTES = 2 * 1024;
const LINE_END_BYTES = 16 * 1024;

/**
 * The last 4,000 lines of a log's bytes, without the middle of lines longer than 18 KiB: little to decode, however much was
 * read.
 */
export function lastLinesShortened(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let end = bytes.length;
  for (let count = 0; end > 0 && count < SHORTENED_LINES; count += 1) {
    const start = end === 1 ? 0 : bytes.lastIndexOf(NEWLINE, end - 2) + 1;
    const line = bytes.subarray(start, end);
    if (line.length <= LINE_BEGIN_BYTES + LINE_END_BYTES) parts.push(line);
    else parts.push(line.subarray(-LINE_END_BYTES), line.subarray(0, LINE_BEGIN_BYTES));
    end = start;
  }
  return Buffer.concat(parts.reverse());
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** The text of a log's bytes; a line that is not UTF-8 is read as Latin-1, as programs of different ages may write one log. */
export function textOfLog(bytes: Buffer): string {
  const text = decode(bytes);
  if (text !== undefined) return text;
  const lines = bytes.toString("latin1").split("\n");
  return lines.map((line) => decode(Buffer.from(line, "latin1")) ?? line).join("\n");
}

function decode(bytes: Buffer): string | undefined {
  return tryOr(() => UTF8.decode(bytes), undefined);
}

/**
 * Gives what is read of a log directly inside a job's folder to show it to anybody: it is opened through no link, and not as a second
 * name for the file of another owner; otherwise undefined. Throws what the reading throws.
 */
export function readOwnLog<T>(jobFolder: string, name: string, read: (log: OpenLog) => T): T | undefined {
  using folder = openFolder(jobFolder);
  if (folder === undefined) return undefined;
  const file = path.join(nameOfHandle(folder.handle), name);
  return withRegularFile(file, (log) => (isOwn(log, folder) ? read(log) : undefined));
}

/** At most the last `maxBytes` of a log, as by {@link readOwnLog}. */
export function readOwnLogTail(jobFolder: string, name: string, maxBytes: number): Buffer | undefined {
  return readOwnLog(jobFolder, name, (log) => readTail(log, maxBytes));
}

function openFolder(jobFolder: string): OpenFile | undefined {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants;
  // It has moved on or is not ours to enter: there is no log.
  return tryOr(() => openFile(jobFolder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), undefined);
}

function isOwn({ stats }: OpenLog, folder: OpenFile): boolean {
  return stats.nlink <= 1 || stats.uid === fs.fstatSync(folder.handle).uid;
}

/** Gives whatever lies under the log's name a number: `process.1.log`, `process.2.log`, … oldest first. */
export function putOldLogAside(jobFolder: string): void {
  const log = path.join(jobFolder, JOB_FILES.log);
  if (isThere(log)) fs.renameSync(log, firstUnused(path.join(jobFolder, "process."), ".log"));
}

/** Ends a log with a line of the manager's, once: repeated after a crash it finds the line there already. */
export function closeJobLog(jobFolder: string, lastLine: string): void {
  using log = openForUpdate(path.join(jobFolder, JOB_FILES.log));
  if (log === undefined) return;
  const { handle } = log;
  const ending = readTail({ handle, size: fs.fstatSync(handle).size }, Buffer.byteLength(lastLine) + 2);
  const text = ending.toString("utf8");
  if (text.endsWith(`${lastLine}\n`)) return;
  const fresh = text === "" || text.endsWith("\n");
  fs.writeSync(handle, `${fresh ? "" : "\n"}${lastLine}\n`);
}

// The job may have removed its log, put something else there or forbidden writing: then there is nothing to end.
function openForUpdate(file: string): OpenFile | undefined {
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const { O_RDWR, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  try {
    return openFile(file, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === "EACCES" || errorCode(error) === "ELOOP") return undefined;
    throw error;
  }
}
