import fs from "node:fs/promises";
import path from "node:path";
import { readJobRecord } from "../../queue/books/job-records.ts";
import { JOB_FILES, type Layout } from "../../queue/layout.ts";
import { type EndedAttempt, endedAttemptOf } from "./ended-attempt.ts";
import type { EndedShelf } from "./ended-shelves.ts";

interface Found {
  /** Another one once the record has been replaced, by another folder of that name too. */
  readonly stamp: string;
  readonly attempt: EndedAttempt | undefined;
}

/** The records in the folders of ended jobs, as far as they were looked at; each is read again once it has changed. */
export class FolderRecords {
  readonly #layout: Layout;
  readonly #found = new Map<string, Found>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** The record that was found in the folder of this name, under that name; its state may be `running`. */
  of(name: string): EndedAttempt | undefined {
    return this.#found.get(name)?.attempt;
  }

  /** Brings what is known of one folder up to date. */
  async look(name: string, shelf: EndedShelf): Promise<void> {
    const folder = path.join(this.#layout[shelf], name);
    const stats = await fs.lstat(path.join(folder, JOB_FILES.record)).catch(() => undefined);
    const stamp = stats === undefined ? "" : `${stats.dev}:${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    if (this.#found.get(name)?.stamp === stamp) return;
    const record = stats === undefined ? undefined : readJobRecord(folder);
    const attempt = record === undefined ? undefined : endedAttemptOf({ ...record, name });
    this.#found.set(name, { stamp, attempt });
  }

  /** What is known of this folder counts no more. */
  forget(name: string): void {
    this.#found.delete(name);
  }

  /** Forgets all but some. */
  keepOnly(isKept: (name: string) => boolean): void {
    for (const name of this.#found.keys()) if (!isKept(name)) this.#found.delete(name);
  }
}
