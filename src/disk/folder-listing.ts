import type { Dir, Dirent } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { join } from "./held-folder.ts";

/** One thing in a folder; nothing is followed. */
export interface FolderEntry {
  /** In bytes, as names need not be valid UTF-8. */
  readonly name: Buffer;
  readonly type: "file" | "folder" | "link" | "other";
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** What lies in a folder: folders first, then by the bytes of the names. */
export interface Listing {
  readonly entries: readonly FolderEntry[];
  /** How many more there are. */
  readonly more: number;
}

type Found = Pick<FolderEntry, "name" | "type">;

const MAX_ENTRIES = 1000;

/** Lists the first thousand entries of a folder, in memory that does not grow with it. Throws what the file system throws. */
export async function listFolder(path: Buffer): Promise<Listing> {
  let first: Found[] = [];
  let count = 0;
  for await (const entry of await openDirectory(path)) {
    count += 1;
    first.push({ name: nameOf(entry), type: typeOf(entry) });
    if (first.length >= 2 * MAX_ENTRIES) first = inOrder(first);
  }
  const described = await Promise.all(inOrder(first).map((found) => describe(path, found)));
  const entries = described.filter((entry) => entry !== undefined);
  return { entries, more: Math.max(0, count - MAX_ENTRIES) };
}

/** Opens a folder to be read name by name, the names in bytes: see {@link nameOf}. Throws what the file system throws. */
export function openDirectory(path: Buffer): Promise<Dir> {
  // The types know of this encoding for a whole reading only.
  return opendir(path, { encoding: "buffer" as BufferEncoding });
}

/** The name of an entry of {@link openDirectory}, in bytes. */
export function nameOf(entry: Dirent): Buffer {
  // Its type says text; with the encoding asked for it is bytes.
  return Buffer.from(entry.name);
}

function inOrder(found: readonly Found[]): Found[] {
  const rank = ({ type }: Found) => (type === "folder" ? 0 : 1);
  return found.toSorted((a, b) => rank(a) - rank(b) || Buffer.compare(a.name, b.name)).slice(0, MAX_ENTRIES);
}

// What has vanished since is left out.
async function describe(folder: Buffer, found: Found): Promise<FolderEntry | undefined> {
  try {
    const stats = await lstat(join(folder, found.name));
    const bytes = stats.isFile() ? stats.size : 0;
    return { name: found.name, type: typeOf(stats), bytes, mtimeMs: stats.mtimeMs };
  } catch {
    return undefined;
  }
}

function typeOf(entry: Pick<Dirent, "isFile" | "isDirectory" | "isSymbolicLink">): FolderEntry["type"] {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  if (entry.isSymbolicLink()) return "link";
  return "other";
}
