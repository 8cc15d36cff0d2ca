import type fs from "node:fs";
import type { Dir } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import {
  checkStep,
  type HeldFolder,
  holdFolder,
  keptOpen,
  type NotOpened,
  whyNotOpened,
} from "./held-folder.ts";
import { refuseUnless, STRANGERS_FILE } from "./safe-read.ts";
import { type Listing, listFolder, openDirectory } from "./tree.ts";

/** A regular file inside a job's folder, open for reading; whoever asked for it closes it. */
export interface OpenedFile extends AsyncDisposable {
  readonly kind: "file";
  readonly handle: FileHandle;
  /** The size when it was opened. */
  readonly bytes: number;
  readonly mtimeMs: number;
  /** The permissions, with the type of file above them. */
  readonly mode: number;
}

/** A regular file in an {@link OpenedDirectory}, as it was found there. */
export interface FoundFile {
  readonly kind: "found";
  readonly bytes: number;
  readonly mtimeMs: number;
  /** Throws nothing. */
  open(): Promise<OpenedFile | NotOpened>;
}

/** The thing to which a path inside a job's folder leads. */
export type Opened = OpenedFile | ({ readonly kind: "folder" } & Listing) | NotOpened;

/** A folder of any size, to be read name by name, the names in bytes; whoever asked for it closes it. */
export interface OpenedDirectory extends AsyncDisposable {
  readonly kind: "directory";
  readonly mtimeMs: number;
  readonly names: Dir;
  /** Finds one thing in it, at the cost of one `lstat`. Throws nothing. */
  find(name: Buffer): Promise<FoundFile | { readonly kind: "folder" } | NotOpened>;
}

/** A job's folder, held open: a job that moves on meanwhile stays readable. Whoever opened it closes it. */
export interface JobFolder {
  /** Opens a file or lists a folder; no segments: the job's folder itself. Throws nothing. */
  open(segments: readonly Buffer[]): Promise<Opened>;
  /** Opens a folder to walk on through it. Throws nothing. */
  openDirectory(segments: readonly Buffer[]): Promise<OpenedDirectory | NotOpened>;
  close(): Promise<void>;
}

/** Deeper than this nothing is opened: the cost of a walk grows with every level. */
const MAX_DEPTH = 128;

/**
 * Opens the folder of a job whose files strangers have put there: nothing outside of it can be reached through what
 * is returned, neither by names nor by links nor by swapping one for the other meanwhile. Undefined where there is
 * no such folder; a link to one is none.
 */
export async function openJobFolder(folder: Buffer): Promise<JobFolder | undefined> {
  const root = await holdFolder(folder).catch(() => undefined);
  if (root === undefined) return undefined;
  return {
    open: (segments) => outcome(() => openAt(root, segments)),
    openDirectory: (segments) => outcome(() => directoryAt(root, segments)),
    close: async () => root[Symbol.asyncDispose](),
  };
}

async function outcome<T>(act: () => Promise<T>): Promise<T | NotOpened> {
  try {
    return await act();
  } catch (error) {
    return whyNotOpened(error);
  }
}

function openAt(root: HeldFolder, segments: readonly Buffer[]): Promise<Opened> {
  const name = segments.at(-1);
  if (name === undefined) return list(root);
  return within(root, segments.slice(0, -1), (parent) => openIn(parent, name, root.owner));
}

/** Acts in a folder below the root while it is held. */
async function within<T>(
  root: HeldFolder,
  segments: readonly Buffer[],
  act: (folder: HeldFolder) => Promise<T>,
): Promise<T> {
  const at = await descend(root, segments);
  return await act(at).finally(() => release(at, root));
}

/** Holds a folder below the root, each on the way to it until the next one is held. */
async function descend(root: HeldFolder, segments: readonly Buffer[]): Promise<HeldFolder> {
  refuseUnless(segments.length < MAX_DEPTH, `lies more than ${MAX_DEPTH} folders deep`);
  let at = root;
  for (const segment of segments) {
    const parent = at;
    at = await parent.enter(segment).finally(() => release(parent, root));
  }
  return at;
}

async function release(folder: HeldFolder, root: HeldFolder): Promise<void> {
  if (folder !== root) await folder[Symbol.asyncDispose]();
}

async function openIn(parent: HeldFolder, name: Buffer, owner: number): Promise<Opened> {
  const step = await checkStep(parent, name);
  return step.stats.isDirectory() ? within(parent, [name], list) : openRegular(step.path, owner);
}

/**
 * Opens a regular file that was looked at directly inside a held folder. Throws what the file system throws, or a refusal.
 * @param owner whose files alone may have other names too; undefined where nobody else sees what is read
 */
export async function openRegular(path: Buffer, owner: number | undefined): Promise<OpenedFile> {
  const handle = await open(path, STRANGERS_FILE);
  const close = () => handle.close();
  return await keptOpen(close, async () => {
    const opened = await handle.stat();
    checkOpened(opened, owner);
    const { size: bytes, mtimeMs, mode } = opened;
    return { kind: "file", handle, bytes, mtimeMs, mode, [Symbol.asyncDispose]: close };
  });
}

// Between the look at it and the opening it may have been swapped: what counts is what was opened.
function checkOpened(opened: fs.Stats, owner: number | undefined): void {
  refuseUnless(opened.isFile(), "is no regular file");
  // Somebody may have linked the file of another owner here to have the manager read it out.
  const isItsOwn = owner === undefined || opened.uid === owner;
  refuseUnless(isItsOwn || opened.nlink <= 1, "is a hard link to a file of another owner");
}

async function list(folder: HeldFolder): Promise<Opened> {
  const listing = await listFolder(folder.path);
  return { kind: "folder", ...listing };
}

async function directoryAt(root: HeldFolder, segments: readonly Buffer[]): Promise<OpenedDirectory> {
  const held = await descend(root, segments);
  const letGo = () => release(held, root);
  return await keptOpen(letGo, async () => {
    const { mtimeMs } = await held.stat();
    const names = await openDirectory(held.path);
    const find = (name: Buffer) => outcome(() => findIn(held, name, root.owner));
    const close = () => names.close().finally(letGo);
    return { kind: "directory", mtimeMs, names, find, [Symbol.asyncDispose]: close };
  });
}

async function findIn(
  parent: HeldFolder,
  name: Buffer,
  owner: number,
): Promise<FoundFile | { readonly kind: "folder" }> {
  const { path, stats } = await checkStep(parent, name);
  if (stats.isDirectory()) return { kind: "folder" };
  const open = () => outcome(() => openRegular(path, owner));
  return { kind: "found", bytes: stats.size, mtimeMs: stats.mtimeMs, open };
}

const CHUNK_BYTES = 64 * 1024;

/** Bytes of a file: from `start` on, up to but not including `end`. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes of an opened file, or a span of them, up to its size when it was opened, and fewer when it has become shorter; chunk
 * by chunk, as fast as they are taken. Does not close the file. Throws what the file system throws.
 */
export async function* readChunks(
  { handle, bytes }: OpenedFile,
  { start, end }: ByteSpan = { start: 0, end: bytes },
): AsyncGenerator<Buffer, void> {
  for (let position = start; position < end; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - position));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

/** At most the first `maxBytes` of an opened file. Throws what the file system throws. */
export async function readHead(file: OpenedFile, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readChunks({ ...file, bytes: Math.min(file.bytes, maxBytes) }))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}
