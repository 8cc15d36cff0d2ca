import fs from "node:fs";
import {
  chmod,
  copyFile,
  type FileHandle,
  lstat,
  lutimes,
  mkdir,
  open,
  readdir,
  readlink,
  symlink,
  utimes,
} from "node:fs/promises";
import { describeNoRoom, errorCode, isDenied, isNoRoom } from "./error-code.ts";
import { type HeldFolder, holdFolder, join, nameOfHandle, whyNotOpened } from "./held-folder.ts";
import { openRegular } from "./job-files.ts";
import { Refusal, refuseUnless, typeName } from "./safe-read.ts";
import { type EntryLook, typeOf } from "./tree.ts";

/** Rules for copying a tree. */
export interface TreeCopy {
  /** True for what goes along; its path is relative. */
  readonly takes: (entry: EntryLook) => boolean;
  /** The user whose files alone may have other names too; undefined where the copier reads for itself alone. */
  readonly owner: number | undefined;
  /** Called before so many bytes are copied; throws where there is no room for them. */
  readonly room: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** A part of a tree that could not be copied. */
export class CopyFailure extends Error {
  /** Relative, in bytes. */
  readonly path: Buffer;

  constructor(path: Buffer, cause: unknown) {
    super(whyNotCopied(cause), { cause });
    this.path = path;
  }

  /** True where only another content or other rights help, so that trying again does not. */
  get lasts(): boolean {
    return isDenied(this.code) || this.cause instanceof Refusal;
  }

  /** The system's code, if it was the system that refused. */
  get code(): string | undefined {
    return errorCode(this.cause);
  }
}

/** Two folders are held open on every level. */
const MAX_DEPTH = 1000;
const OWNER_ALL = 0o700;
/** The mode bits that a copied file keeps: a set-user-ID program would become one of the copier's. */
const FILE_MODE = 0o777;
/** The mode bits that a copied folder keeps; set-group-ID is inherited from the folder it is made in, with the group. */
const FOLDER_MODE = 0o1777;
const SET_GROUP_ID = 0o2000;

/**
 * Copies a folder: modes and times kept, links as links, by handles, so that nothing leads out of the tree. Throws
 * {@link CopyFailure}, or the signal's reason; then a part of the copy may be there.
 * @param to must not exist; its parent must
 */
export async function copyTree(from: string | Buffer, to: string, copy: TreeCopy): Promise<void> {
  const root = Buffer.alloc(0);
  await mkdir(to, OWNER_ALL);
  await using source = await blaming(root, () => holdFolder(Buffer.from(from)));
  await using target = await holdFolder(Buffer.from(to));
  await copyContent({ from: source, to: target, path: root, depth: 0 }, copy);
}

interface Level {
  readonly from: HeldFolder;
  readonly to: HeldFolder;
  readonly path: Buffer;
  readonly depth: number;
}

async function copyContent(step: Level, copy: TreeCopy): Promise<void> {
  const names = await blaming(step.path, () => readdir(step.from.path, { encoding: "buffer" }));
  for (const name of names) {
    copy.signal.throwIfAborted();
    const path = step.path.length === 0 ? name : join(step.path, name);
    await blaming(path, () => copyEntry(step, name, path, copy));
  }
  // Last, as writing into a folder moves its times, and its mode may forbid it.
  await blaming(step.path, () => keepFolderLooks(step));
}

async function copyEntry(step: Level, name: Buffer, path: Buffer, copy: TreeCopy): Promise<void> {
  const [source, target] = [join(step.from.path, name), join(step.to.path, name)];
  const stats = await lstat(source);
  const type = typeOf(stats);
  if (!copy.takes({ path, type, bytes: type === "file" ? stats.size : 0 })) return;
  if (type === "folder") await copyFolder(step, name, path, copy);
  else if (type === "link") await copyLink(source, target, stats);
  else if (type === "file") await copyRegular(source, target, copy);
  else refuseUnless(false, `is ${typeName(stats)}: a job holds files, folders and links`);
}

async function copyFolder(step: Level, name: Buffer, path: Buffer, copy: TreeCopy): Promise<void> {
  refuseUnless(step.depth < MAX_DEPTH, `lies more than ${MAX_DEPTH} folders deep`);
  await using from = await step.from.enter(name);
  await mkdir(join(step.to.path, name), OWNER_ALL);
  await using to = await step.to.enter(name);
  await copyContent({ from, to, path, depth: step.depth + 1 }, copy);
}

async function copyLink(source: Buffer, target: Buffer, { atime, mtime }: fs.Stats): Promise<void> {
  await symlink(await readlink(source, { encoding: "buffer" }), target);
  await lutimes(target, atime, mtime);
}

async function copyRegular(source: Buffer, target: Buffer, copy: TreeCopy): Promise<void> {
  await using file = await openRegular(source, copy.owner);
  const stats = await file.handle.stat();
  await copyBytes(Buffer.from(nameOfHandle(file.handle.fd)), target, stats, copy);
  await keepTimes(target, stats);
  await chmod(target, stats.mode & FILE_MODE);
}

async function keepFolderLooks({ from, to }: Level): Promise<void> {
  const stats = await from.stat();
  await keepTimes(to.path, stats);
  const { mode } = await to.stat();
  await chmod(to.path, (stats.mode & FOLDER_MODE) | (mode & SET_GROUP_ID));
}

// In seconds with a fraction: a Date is cut to milliseconds.
async function keepTimes(target: Buffer, { atimeMs, mtimeMs }: fs.Stats): Promise<void> {
  await utimes(target, atimeMs / 1000, mtimeMs / 1000);
}

async function blaming<T>(path: Buffer, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof CopyFailure || isAbort(error)) throw error;
    throw new CopyFailure(path, error);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function whyNotCopied(error: unknown): string {
  if (isNoRoom(error)) return describeNoRoom(error);
  if (errorCode(error) === undefined && error instanceof Error) return error.message;
  const outcome = whyNotOpened(error);
  return outcome.kind === "absent" ? "has vanished" : outcome.why;
}

/** Larger files are copied piece by piece: whoever interrupts that is heard, and holes stay holes. */
const LARGE_BYTES = 16 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(PIECE_BYTES);
/** `st_blocks` counts in these, whatever the file system's own blocks are. */
const BLOCK_BYTES = 512;

/** Copies a file's bytes into a new file; the two share their blocks where the file system can. */
async function copyBytes(
  from: Buffer,
  to: Buffer,
  { size, blocks }: Pick<fs.Stats, "size" | "blocks">,
  { room, signal }: TreeCopy,
): Promise<void> {
  const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = fs.constants;
  const isLarge = size >= LARGE_BYTES;
  if (isLarge && (await succeeds(copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE)))) return;
  room(Math.min(size, blocks * BLOCK_BYTES));
  if (isLarge) await copyLarge(from, to, blocks * BLOCK_BYTES < size, signal);
  else await copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE);
}

async function succeeds(cloning: Promise<void>): Promise<boolean> {
  return await cloning.then(
    () => true,
    () => false,
  );
}

async function copyLarge(from: Buffer, to: Buffer, hasHoles: boolean, signal: AbortSignal): Promise<void> {
  await using source = await open(from, "r");
  await using target = await open(to, "wx");
  const buffer = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await source.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return await target.truncate(at);
    const piece = buffer.subarray(0, bytesRead);
    if (!hasHoles || !piece.equals(ZEROS.subarray(0, bytesRead))) await writeAt(target, piece, at);
    at += bytesRead;
  }
}

async function writeAt(target: FileHandle, piece: Buffer, at: number): Promise<void> {
  for (let done = 0; done < piece.length; )
    done += (await target.write(piece, done, piece.length - done, at + done)).bytesWritten;
}
