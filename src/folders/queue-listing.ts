import fs from "node:fs";
import { listShelf, type ShelfEntry } from "./shelves.ts";

/** So long a change may come without moving a folder's mtime, which some file systems keep to two seconds only. */
export const TRUST_AFTER_MS = 3000;

/**
 * A folder's entries, read anew only where its own mtime cannot vouch for them: a folder of ten thousand takes longer to
 * read than everything else that a scan does.
 */
export class QueueListing {
  readonly #folder: string;
  #mtimeMs = Number.NaN;
  /** When this mtime was first seen and when the entries were last read, on the monotonic clock. */
  #movedMs = 0;
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The entries by name; undefined when nothing came or went since they were last read. Throws what the file system throws. */
  readIfChanged(): Map<string, ShelfEntry> | undefined {
    const nowMs = performance.now();
    const { mtimeMs } = fs.statSync(this.#folder);
    if (mtimeMs !== this.#mtimeMs) this.#movedMs = nowMs;
    else if (this.#readMs - this.#movedMs > TRUST_AFTER_MS) return undefined;
    const entries = byName(listShelf(this.#folder));
    this.#mtimeMs = mtimeMs;
    this.#readMs = nowMs;
    return entries;
  }

  /** Has the entries read anew next time. */
  distrust(): void {
    this.#mtimeMs = Number.NaN;
  }
}

// Two names may read alike, one as UTF-8 and one as Latin-1: the second comes in once the first has left.
function byName(entries: readonly ShelfEntry[]): Map<string, ShelfEntry> {
  const found = new Map<string, ShelfEntry>();
  for (const entry of entries) if (entry.validUtf8 || !found.has(entry.name)) found.set(entry.name, entry);
  return found;
}
