import type { Layout } from "../../folders/layout.ts";
import { type EndedAttempt, endedAttemptOf, unrecordedJob } from "./ended-attempt.ts";
import { type EndedFilter, matcherOf } from "./ended-filter.ts";
import { type EndedShelf, EndedShelves } from "./ended-shelves.ts";
import { HistoryFollower } from "./history-follower.ts";

/** An ended job whose folder is there. */
export interface ListedJob extends EndedAttempt {
  readonly shelf: EndedShelf;
}

/** A page of ended jobs, newest first. */
export interface EndedPage {
  readonly jobs: readonly ListedJob[];
  /** How many there are on all pages. */
  readonly total: number;
}

/** The jobs whose folder is there, oldest first, and their owners. */
interface Listing {
  readonly jobs: readonly EndedAttempt[];
  readonly owners: readonly string[];
}

const MAX_LOOKED_UP = 1000;

/**
 * All ended jobs, from the history and the names on the shelves, kept in memory and brought up to date when somebody
 * looks. What lies where is for the folders to say: what is shown has been looked for just before.
 */
export class EndedIndex {
  readonly #shelves: EndedShelves;
  readonly #history: HistoryFollower<EndedAttempt>;
  #attempts: EndedAttempt[] = [];
  #latest = new Map<string, EndedAttempt>();
  /** Undefined when it is to be made anew. */
  #listed: Listing | undefined;
  #refreshing: Promise<void> | undefined;
  #version = 0;

  constructor(layout: Layout) {
    this.#shelves = new EndedShelves(layout);
    this.#history = new HistoryFollower(layout.history, endedAttemptOf);
  }

  /** Another number after every change. */
  get version(): number {
    return this.#version;
  }

  /** Every attempt that has ended, oldest first, those whose folder is gone too. */
  get attempts(): readonly EndedAttempt[] {
    return this.#attempts;
  }

  /** Brings the index up to date. Throws what the file system throws. */
  async refresh(): Promise<void> {
    this.#refreshing ??= this.#readNews().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  /** One page of what the filter lets through, newest first. */
  async page(filter: EndedFilter, from: number, count: number): Promise<EndedPage> {
    const { jobs } = this.#listing();
    const isUnfiltered = Object.keys(filter).length === 0;
    const chosen = isUnfiltered ? jobs : jobs.filter(matcherOf(filter));
    const end = Math.max(0, chosen.length - from);
    const wanted = chosen.slice(Math.max(0, end - count), end).reverse();
    return { jobs: await this.#present(wanted), total: chosen.length };
  }

  /** The newest jobs that pass a test, at most `count`, ended at or after a time. */
  async newest(fits: (job: EndedAttempt) => boolean, sinceMs: number, count: number): Promise<EndedPage> {
    const { jobs: all } = this.#listing();
    const found: EndedAttempt[] = [];
    for (let at = all.length - 1; at >= 0; at -= 1) {
      const job = all[at];
      if (job === undefined || job.finishedMs < sinceMs) break;
      if (fits(job)) found.push(job);
    }
    return { jobs: await this.#present(found.slice(0, count)), total: found.length };
  }

  /** Every ended attempt of a job, newest first. */
  attemptsOf(name: string): EndedAttempt[] {
    return this.#attempts.filter((attempt) => attempt.name === name).reverse();
  }

  /** The owners of the jobs that are listed, in the order of the alphabet. */
  owners(): readonly string[] {
    return this.#listing().owners;
  }

  // A job that was moved away since the shelves were read is not shown.
  async #present(jobs: readonly EndedAttempt[]): Promise<ListedJob[]> {
    const found = await Promise.all(
      jobs.map(async (job) => ({ job, shelf: await this.#shelves.look(job.name) })),
    );
    for (const { job, shelf } of found) {
      if (shelf !== this.#shelves.shelfOf(job.name)) this.#note(job.name, shelf);
    }
    return found.flatMap(({ job, shelf }) => (shelf === undefined ? [] : [{ ...job, shelf }]));
  }

  #note(name: string, shelf: EndedShelf | undefined): void {
    this.#shelves.note(name, shelf);
    this.#changed();
  }

  #listing(): Listing {
    this.#listed ??= this.#makeListing();
    return this.#listed;
  }

  #makeListing(): Listing {
    const recorded = this.#attempts.filter(
      (job) => this.#latest.get(job.name) === job && this.#shelves.shelfOf(job.name) !== undefined,
    );
    const unrecorded = [...this.#shelves.names].filter((name) => !this.#latest.has(name)).sort();
    const jobs = [...unrecorded.map((name) => unrecordedJob(name, 0)), ...recorded];
    jobs.sort((a, b) => a.finishedMs - b.finishedMs);
    return { jobs, owners: [...new Set(jobs.map(({ owner }) => owner))].sort() };
  }

  async #readNews(): Promise<void> {
    const { isAnew, records } = await this.#history.readNew();
    if (isAnew) {
      this.#attempts = [];
      this.#latest = new Map();
    }
    for (const job of records) {
      this.#attempts.push(job);
      this.#latest.set(job.name, job);
    }
    if (isAnew || records.length > 0) this.#changed();
    // A few new ones are looked up one by one, which is cheaper than reading a long shelf again.
    if (!isAnew && records.length < MAX_LOOKED_UP) await Promise.all(records.map((job) => this.#find(job)));
    if (await this.#shelves.refresh()) this.#changed();
  }

  async #find({ name }: EndedAttempt): Promise<void> {
    const shelf = await this.#shelves.look(name);
    if (shelf !== this.#shelves.shelfOf(name)) this.#note(name, shelf);
  }

  #changed(): void {
    this.#listed = undefined;
    this.#version += 1;
  }
}
