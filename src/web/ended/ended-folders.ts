import fs from "node:fs/promises";
import path from "node:path";
import { readJobRecord } from "../../queue/books/job-records.ts";
import { JOB_FILES, type Layout } from "../../queue/layout.ts";
import { type EndedAttempt, endedAttemptOf, unrecordedJob } from "./ended-attempt.ts";
import type { EndedHistory } from "./ended-history.ts";
import { type EndedShelf, EndedShelves } from "./ended-shelves.ts";

/** Which ended jobs lie where, and what each is: by its folder's record, which a rename or a copy takes along, else by name. */
export class EndedFolders {
  readonly #shelves: EndedShelves;
  readonly #records: FolderRecords;
  readonly #history: EndedHistory;

  constructor(layout: Layout, history: EndedHistory) {
    this.#shelves = new EndedShelves(layout);
    this.#records = new FolderRecords(layout);
    this.#history = history;
  }

  /** The names on the shelves, as far as it is known. */
  get names(): Iterable<string> {
    return this.#shelves.names;
  }

  /** Where the folder of this name lies, as far as it is known. */
  shelfOf(name: string): EndedShelf | undefined {
    return this.#shelves.shelfOf(name);
  }

  /** The job in the folder of this name, as far as that was looked into. */
  jobOf(name: string): EndedAttempt {
    const latest = this.#history.latestOf(name);
    const own = this.#records.of(name);
    if (own === undefined || own.runId === latest?.runId) return latest ?? unrecordedJob(name);
    if (own.state !== "running") return own;
    const ended = this.#history.endOf(own.runId);
    return ended === undefined ? unrecordedJob(name) : { ...ended, name };
  }

  /** Whether neither the history nor, at the last look, a record in the folder tells of this name. */
  isUnexplained(name: string): boolean {
    return this.#history.latestOf(name) === undefined && this.#records.of(name) === undefined;
  }

  /** Looks at the shelves if they have changed and a look is due; true when there are other names. */
  async refresh(): Promise<boolean> {
    if (!(await this.#shelves.refresh())) return false;
    this.#records.keepOnly((name) => this.shelfOf(name) !== undefined);
    return true;
  }

  /** What the record in this folder said counts no more, as its job has ended again. */
  forget(name: string): void {
    this.#records.forget(name);
  }

  /** Looks where a job lies that has just ended; true when that was not known. */
  async find(name: string): Promise<boolean> {
    return await this.#lookWhere(name);
  }

  /** Looks where a job lies and what its record says; true when something of that was not known. */
  async look(name: string): Promise<boolean> {
    const hasMoved = await this.#lookWhere(name);
    const shelf = this.shelfOf(name);
    if (shelf === undefined) return hasMoved;
    const before = this.jobOf(name);
    await this.#records.look(name, shelf);
    const { runId, state } = this.jobOf(name);
    return hasMoved || runId !== before.runId || state !== before.state;
  }

  async #lookWhere(name: string): Promise<boolean> {
    const shelf = await this.#shelves.look(name);
    if (shelf === this.shelfOf(name)) return false;
    this.#shelves.note(name, shelf);
    if (shelf === undefined) this.#records.forget(name);
    return true;
  }
}

interface Found {
  /** Another one once the record has been replaced, by another folder of that name too. */
  readonly stamp: string;
  readonly attempt: EndedAttempt | undefined;
}

/** The records in the folders of ended jobs, as far as they were looked at; each is read again once it has changed. */
class FolderRecords {
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
