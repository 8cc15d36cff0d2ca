import { isUtf8 } from "node:buffer";
import fs from "node:fs";
import path from "node:path";
import { codeOrText, errorCode, ifThere, isThere } from "../disk/error-code.ts";
import { folderNow, lookNow } from "../disk/fresh-look.ts";
import { foldName, freeName, isIgnoredName } from "../job/names.ts";
import type { Move } from "./move.ts";

/** An entry of a folder as the manager sees it. */
export interface StageEntry {
  /** As text; bytes that are not UTF-8 are read as Latin-1, from where such names mostly come. */
  readonly name: string;
  /** The path for the file system. */
  readonly path: string | Buffer;
  readonly validUtf8: boolean;
}

/** All entries of a folder. Throws what the file system throws: a mount that is away for a moment is no empty folder. */
export function listStage(folder: string): StageEntry[] {
  return fs.readdirSync(folder, { encoding: "buffer" }).map((raw) => entryOf(folder, raw));
}

/** A name that nothing in some folders has, in whatever case of letters. Throws what the file system throws. */
export function freeNameIn(folders: readonly string[], wanted: string): string {
  const taken = new Set(folders.flatMap(listStage).map(({ name }) => foldName(name)));
  return freeName(wanted, (folded) => taken.has(folded));
}

/** The stats of an entry; undefined when it is gone, the system's code where the disk does not tell. */
export function lookFor({ path }: StageEntry): fs.Stats | string | undefined {
  try {
    return lookNow(path);
  } catch (error) {
    return codeOrText(error);
  }
}

/** The names of the job folders in a folder, links and plain files and ignored names left out. */
export function listJobNames(folder: string): string[] {
  return listFolderNames(folder).filter((name) => !isIgnoredName(name));
}

/** The names of all folders in a folder. */
export function listFolderNames(folder: string): string[] {
  return unlessGone(() => fs.readdirSync(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/**
 * The folded names in one folder, read anew only when the folder's own mtime has moved: the finished jobs may be
 * a hundred thousand.
 */
export class NameIndex {
  readonly #folder: string;
  /** The path of each, by its folded name. */
  #paths = new Map<string, string | Buffer>();
  #mtimeMs = -1;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** True where a name that counts as the same lies in the folder. */
  has(folded: string): boolean {
    this.#refresh();
    const found = this.#paths.get(folded);
    // Two changes within one tick of the file system's clock look like one: what was found is looked at again.
    return found !== undefined && isThere(found);
  }

  /** Runs a move into the folder by the manager itself and takes its name over without reading the folder again. */
  absorb(move: () => Move): Move {
    this.#refresh();
    const moved = move();
    if (moved.kind === "moved") {
      this.#paths.set(foldName(moved.name), path.join(this.#folder, moved.name));
      this.#mtimeMs = mtimeOf(this.#folder);
    }
    return moved;
  }

  #refresh(): void {
    const mtimeMs = mtimeOf(this.#folder);
    if (mtimeMs === this.#mtimeMs) return;
    const entries = unlessGone(() => listStage(this.#folder));
    this.#paths = new Map(entries.map((entry) => [foldName(entry.name), entry.path]));
    this.#mtimeMs = mtimeMs;
  }
}

function mtimeOf(folder: string): number {
  return ifThere(() => folderNow(folder).mtimeMs) ?? 0;
}

/** Gives what reading a folder gives, nothing once that is gone. Throws all else: a file in its place is no empty folder. */
function unlessGone<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function entryOf(folder: string, raw: Buffer): StageEntry {
  if (!isUtf8(raw)) {
    const file = Buffer.concat([Buffer.from(`${folder}/`), raw]);
    return { name: raw.toString("latin1"), path: file, validUtf8: false };
  }
  const name = raw.toString("utf8");
  return { name, path: path.join(folder, name), validUtf8: true };
}

/** For so long a change may come without moving a folder's mtime: some file systems keep times to two seconds only. */
export const TRUST_AFTER_MS = 3000;

/**
 * A folder's entries, cached as long as its own mtime vouches for them: to read a folder of ten thousand takes longer than
 * the rest of a scan.
 */
export class QueueListing {
  readonly #folder: string;
  #mtimeMs = Number.NaN;
  /** The times when this mtime was first seen and the entries were last read, on the monotonic clock. */
  #movedMs = 0;
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The entries by name; undefined when nothing came or went since they were last read. Throws what the file system throws. */
  readIfChanged(): Map<string, StageEntry> | undefined {
    const nowMs = performance.now();
    const { mtimeMs } = folderNow(this.#folder);
    if (mtimeMs !== this.#mtimeMs) this.#movedMs = nowMs;
    else if (this.#readMs - this.#movedMs > TRUST_AFTER_MS) return undefined;
    const entries = byName(listStage(this.#folder));
    this.#mtimeMs = mtimeMs;
    this.#readMs = nowMs;
    return entries;
  }

  /** Has the entries read anew next time. */
  distrust(): void {
    this.#mtimeMs = Number.NaN;
  }
}

// Two names may decode to the same text; the Latin-1 one waits until the UTF-8 one has left.
function byName(entries: readonly StageEntry[]): Map<string, StageEntry> {
  const found = new Map<string, StageEntry>();
  for (const entry of entries) if (entry.validUtf8 || !found.has(entry.name)) found.set(entry.name, entry);
  return found;
}
