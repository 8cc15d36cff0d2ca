import fs from "node:fs";
import { listShelf, type ShelfEntry } from "./shelves.ts";

/** How long a change may come without moving a folder's mtime: some file systems keep times to two seconds only. */
export const TRUST_AFTER_MS = 3000;

/**
 * A folder's entries, cached as long as its own mtime vouches for them: to read a folder of ten thousand takes longer than
 * the rest of a scan.
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

// Two names may decode to the same text; the Latin-1 one waits until the UTF-8 one has left.
function byName(entries: readonly ShelfEntry[]): Map<string, ShelfEntry> {
  const found = new Map<string, ShelfEntry>();
  for (const entry of entries) if (entry.validUtf8 || !found.has(entry.name)) found.set(entry.name, entry);
  return found;
}
