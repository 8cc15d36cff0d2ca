import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { tryOr } from "../text/try-or.ts";
import { errorCode, isNoRoom, isThere } from "./error-code.ts";
import { lookNow } from "./fresh-look.ts";
import { OpenFile, openFile } from "./open-file.ts";
import { readTail } from "./safe-read.ts";

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
  using created = openFile(file, "wx", mode);
  writeWhole(created.handle, text);
}

/** As {@link writeFileDurably} without the syncs: never torn for a reader, but a power cut may take it back. */
export function writeFileAtomically(file: string, text: string, mode = 0o644): void {
  replaceFile(file, text, mode, false);
}

/** Makes the renames, creations and removals done in a folder survive a power cut, where its file system can. */
export function syncFolder(folder: string): void {
  using opened = openFile(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  try {
    fs.fsyncSync(opened.handle);
  } catch (error) {
    throwUnlessUnsyncable(error);
  }
}

/** Passes over that a file system does not know how to sync folders, as some shared by network or by a virtual machine. */
export function throwUnlessUnsyncable(error: unknown): void {
  if (errorCode(error) !== "EINVAL") throw error;
}

/** Puts what was written to a file, or done in a folder, on disk, while other work goes on. Rejects with what the file system throws. */
export function sync(handle: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fsync(handle, (error) => (error === null ? resolve() : reject(error)));
  });
}

function replaceFile(file: string, text: string, mode: number, sync: boolean): void {
  const temporary = temporaryNameOf(file);
  try {
    writeAside(temporary, text, mode, sync);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

// Closed before it gets its name: some network mounts tell only then that there was no room.
function writeAside(temporary: string, text: string, mode: number, sync: boolean): void {
  using created = new OpenFile(createAnew(temporary, mode));
  writeWhole(created.handle, text);
  if (sync) fs.fsyncSync(created.handle);
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

/**
 * The name that a file has while it is written, beside its place. It bears the process and its machine, as several may
 * write the same file at once.
 */
export function temporaryNameOf(file: string): string {
  return hidden(file, `.${process.pid}@${os.hostname()}`);
}

/**
 * As {@link temporaryNameOf}, for a file that only one process ever writes. Without a number, so that what a crash has
 * left is replaced when the file is written again.
 */
export function soleWritersNameOf(file: string): string {
  return hidden(file, "");
}

/** True for a name in a folder that is one of these. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith(".") && name.endsWith(".tmp");
}

function hidden(file: string, mark: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}${mark}.tmp`);
}

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
 * Writes a text over a file and syncs it. The rest of the file is blank afterwards, as a file that is cut gives its room back.
 * Throws what the file system throws.
 */
export function writeOver(file: string, text: string): void {
  using opened = openFile(file, "r+");
  const { handle } = opened;
  const blank = Buffer.alloc(fs.fstatSync(handle).size, " ");
  const bytes = Buffer.from(text, "utf8");
  const whole = Buffer.concat([bytes, blank.subarray(bytes.length)]);
  for (let at = 0; at < whole.length; ) at += fs.writeSync(handle, whole, at, whole.length - at, at);
  fs.fsyncSync(handle);
}

/** Nobody is that long at writing one of our files. */
const ABANDONED_AFTER_MS = 60_000;

/**
 * Removes the temporary files that programs which were killed have left in a folder, between the writing of a file and its
 * rename. Never throws: they take room and do no other harm.
 */
export function sweepTemporaryFiles(folder: string): void {
  tryOr(() => {
    const names = fs.readdirSync(folder).filter(isTemporaryName);
    // By the clock that dates them: another machine may be writing one.
    const nowMs = names.length === 0 ? 0 : fileClockMs(folder);
    for (const name of names) removeIfOld(path.join(folder, name), nowMs);
  }, undefined);
}

function removeIfOld(file: string, nowMs: number): void {
  const found = lookNow(file);
  if (found?.isFile() === true && nowMs - found.mtimeMs > ABANDONED_AFTER_MS) fs.rmSync(file);
}

/** A file that grows by lines, which a power cut does not take back. Lines that come together share a sync. */
export class DurableLines {
  readonly #file: string;
  readonly #prepare: () => void;
  #waiting: string[] = [];
  /** Writes what waits, once what is being written now is on the disk. */
  #next: Promise<void> | undefined;
  #current: Promise<void> = Promise.resolve();

  /** @param prepare called right before the file is opened to be written to; what it throws is told to those who append */
  constructor(file: string, prepare: () => void = () => undefined) {
    this.#file = file;
    this.#prepare = prepare;
  }

  /** Appends a line. Rejects with what the file system throws; the line may then be there all the same. */
  append(line: string): Promise<void> {
    this.#waiting.push(line);
    this.#next ??= this.#writeAfter(this.#current);
    return this.#next;
  }

  async #writeAfter(previous: Promise<void>): Promise<void> {
    await previous;
    const written = this.#write(this.#waiting);
    this.#waiting = [];
    this.#next = undefined;
    // The failure is reported to whoever asked for the line; the next one begins anew.
    this.#current = written.catch(() => undefined);
    await written;
  }

  // A torn line left by an earlier crash is closed first, so that it stays alone.
  async #write(lines: readonly string[]): Promise<void> {
    this.#prepare();
    using opened = openFile(this.#file, "a+", 0o644);
    const text = lines.map((line) => `${line}\n`).join("");
    writeWhole(opened.handle, endsWithNewline(opened.handle) ? text : `\n${text}`);
    await sync(opened.handle);
    // The file may have lost its name meanwhile, and with it all who could read it.
    if (!isThere(this.#file)) throw new Error(`${this.#file} was deleted while it was written to`);
  }
}

function endsWithNewline(handle: number): boolean {
  const { size } = fs.fstatSync(handle);
  return size === 0 || readTail({ handle, size }, 1)[0] === 0x0a;
}

/**
 * The time, in milliseconds since 1970, by the clock that dates the files in a folder: on a network mount that is the
 * server's. By this machine's own where nothing can be written there.
 */
export function fileClockMs(folder: string): number {
  const probe = temporaryNameOf(path.join(folder, "clock"));
  try {
    fs.writeFileSync(probe, "", { flag: "wx", mode: 0o600 });
    return fs.lstatSync(probe).mtimeMs;
  } catch {
    return Date.now();
  } finally {
    fs.rmSync(probe, { force: true });
  }
}
