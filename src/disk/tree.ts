import fs, { type Dir, type Dirent } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { errorCode } from "./error-code.ts";
import { lookNow } from "./fresh-look.ts";
import { atDeepPath, join } from "./held-folder.ts";

/** One thing inside a job's folder; the path is relative and in bytes, as names need not be valid UTF-8. */
export interface TreeEntry {
  readonly path: Buffer;
  readonly type: FolderEntry["type"] | "unreadable";
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/** As much of an entry as tells what it is. */
export type EntryLook = Pick<TreeEntry, "path" | "type" | "bytes">;

/**
 * Everything below a folder, depth first, sorted by bytes, links not followed, the folder itself left out.
 * Entries that vanish during the walk are left out; those that cannot be read appear as `unreadable`.
 * @param enters false for a folder whose content is left out
 */
export function* walkTree(
  root: string | Buffer,
  enters: (folder: TreeEntry) => boolean = () => true,
): Generator<TreeEntry> {
  const base = typeof root === "string" ? Buffer.from(root) : root;
  // An own stack: a generator inside a generator for each level would make a deep tree slow.
  const pending = listChildren(base, undefined);
  for (let relative = pending.pop(); relative !== undefined; relative = pending.pop()) {
    const entry = describe(base, relative);
    if (entry === undefined) continue;
    yield entry;
    if (entry.type !== "folder" || !enters(entry)) continue;
    try {
      // One by one: a hundred thousand arguments are more than a call takes.
      for (const child of listChildren(base, relative)) pending.push(child);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") yield { ...entry, type: "unreadable" };
    }
  }
}

// Sorted backwards, as the stack is taken from its end.
function listChildren(base: Buffer, relative: Buffer | undefined): Buffer[] {
  const read = (folder: Buffer) => fs.readdirSync(folder, { encoding: "buffer" });
  const found = relative === undefined ? read(base) : atDeepPath(base, relative, read);
  const names = found.sort((a, b) => Buffer.compare(b, a));
  return relative === undefined ? names : names.map((name) => join(relative, name));
}

function describe(base: Buffer, relative: Buffer): TreeEntry | undefined {
  try {
    const stats = atDeepPath(base, relative, lookNow);
    if (stats === undefined) return undefined;
    return {
      path: relative,
      type: typeOf(stats),
      bytes: stats.isFile() ? stats.size : 0,
      mtimeMs: stats.mtimeMs,
      ctimeMs: stats.ctimeMs,
    };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    return { path: relative, type: "unreadable", bytes: 0, mtimeMs: 0, ctimeMs: 0 };
  }
}

/** The kind of thing that was looked at without following it. */
export function typeOf(
  entry: Pick<Dirent, "isFile" | "isDirectory" | "isSymbolicLink">,
): FolderEntry["type"] {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  if (entry.isSymbolicLink()) return "link";
  return "other";
}

/** One thing in a folder; nothing is followed. */
export interface FolderEntry {
  /** In bytes, as names need not be valid UTF-8. */
  readonly name: Buffer;
  readonly type: "file" | "folder" | "link" | "other";
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** The content of a folder: folders first, then by the bytes of the names. */
export interface Listing {
  readonly entries: readonly FolderEntry[];
  /** Number of those beyond the list. */
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
  const described = await Promise.all(inOrder(first).map((found) => describeEntry(path, found)));
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

// An entry that has vanished since is left out.
async function describeEntry(folder: Buffer, found: Found): Promise<FolderEntry | undefined> {
  try {
    const stats = await lstat(join(folder, found.name));
    const bytes = stats.isFile() ? stats.size : 0;
    return { name: found.name, type: typeOf(stats), bytes, mtimeMs: stats.mtimeMs };
  } catch {
    return undefined;
  }
}
