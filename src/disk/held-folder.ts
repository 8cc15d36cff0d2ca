import fs from "node:fs";
import { lstat, open } from "node:fs/promises";
import { errorCode, isAbsence } from "./error-code.ts";
import { openFile } from "./open-file.ts";
import { refuseUnless, typeName, whyNotRead } from "./safe-read.ts";

/** Characters that no name holds, as they would lead to another folder or end it early. */
const DIVIDERS = ["/", "\0"];

/** Nothing is there, or nothing that may be shown; `why` is a clause: "is a link". */
export type NotOpened = { readonly kind: "absent" } | { readonly kind: "refused"; readonly why: string };

/** A folder on the way through a job's files, held so that what is done in it is done in it and no other. */
export interface HeldFolder extends AsyncDisposable {
  /** Names the folder for the file system. */
  readonly path: Buffer;
  /** The user id of its owner. */
  readonly owner: number;
  stat(): Promise<fs.Stats>;
  /** Holds a folder directly inside, never through a link. Throws what the file system throws, or a refusal. */
  enter(segment: Buffer): Promise<HeldFolder>;
}

/**
 * Looks at one thing directly inside a folder, without following it: refuses what is neither a file nor a folder, and names that lead
 * elsewhere.
 */
export async function checkStep(parent: Pick<HeldFolder, "path">, segment: Buffer) {
  refuseUnless(isPlainName(segment), "has a name that is no plain name");
  const path = join(parent.path, segment);
  const stats = await lstat(path);
  refuseUnless(stats.isFile() || stats.isDirectory(), `is ${typeName(stats)}`);
  return { path, stats };
}

/** As {@link checkStep}, of a folder to be entered. */
async function checkFolderStep(parent: Pick<HeldFolder, "path">, segment: Buffer) {
  const step = await checkStep(parent, segment);
  if (!step.stats.isDirectory()) throw new NoFolder("is not there");
  return step;
}

/** Nothing lies in what is no folder. */
class NoFolder extends Error {}

/** True for bytes that can be the name of one thing inside a folder and nothing else. */
export function isPlainName(segment: Buffer): boolean {
  const text = segment.toString("latin1");
  return text !== "" && text !== "." && text !== ".." && !DIVIDERS.some((divider) => text.includes(divider));
}

/** The meaning of an error on the way to a file. */
export function whyNotOpened(error: unknown): NotOpened {
  const code = errorCode(error);
  if (error instanceof NoFolder || isAbsence(error) || code === "ENAMETOOLONG") return { kind: "absent" };
  return { kind: "refused", why: code === "ELOOP" ? "is a link" : whyNotRead(error) };
}

/** A name inside a folder, as a path. */
export function join(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from("/"), name]);
}

/** The name that Linux gives an open folder, by its descriptor, so that nobody can put another folder in its place. */
export function nameOfHandle(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/**
 * Holds the folder that a path names, never through a link as its last part, by an open descriptor: `/proc/self/fd/N/name` is the
 * name in that very folder, whatever becomes of the path that once led to it. Throws what the file system throws.
 */
export async function holdFolder(path: Buffer): Promise<HeldFolder> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants;
  const handle = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const close = () => handle.close();
  return await keptOpen(close, async () => {
    const held = { path: Buffer.from(nameOfHandle(handle.fd)), owner: (await handle.stat()).uid };
    return {
      ...held,
      stat: () => handle.stat(),
      enter: async (segment) => holdFolder((await checkFolderStep(held, segment)).path),
      [Symbol.asyncDispose]: close,
    };
  });
}

/** Gives what is made of something that was opened, which is closed where that fails. */
export async function keptOpen<T>(close: () => Promise<void>, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    await close();
    throw error;
  }
}

/** The longest path that a call takes, in bytes: Linux's `PATH_MAX` without the closing zero. */
const MAX_PATH_BYTES = 4095;

/**
 * Does something with a file in a tree, by a path that the system takes however deep the file lies: of a longer one the
 * beginning is opened, as folders that are open have short names. Throws what the file system throws.
 * @param act works with the path before it returns, as that is no longer valid then
 */
export function atDeepPath<T>(root: Buffer, relative: Buffer, act: (path: Buffer) => T): T {
  const path = join(root, relative);
  const cut = path.lastIndexOf("/", MAX_PATH_BYTES);
  if (path.length <= MAX_PATH_BYTES || cut <= root.length) return act(path);
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants;
  using folder = openFile(path.subarray(0, cut), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  return atDeepPath(Buffer.from(nameOfHandle(folder.handle)), path.subarray(cut + 1), act);
}
