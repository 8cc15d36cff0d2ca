import type { Layout } from "../../queue/layout.ts";
import type { EndedAttempt, EndedStage } from "./ended-attempt.ts";
import { type EndedFilter, filtered } from "./ended-filter.ts";
import { EndedFolders } from "./ended-folders.ts";
import { EndedHistory } from "./ended-history.ts";

/** An ended job whose folder is there. */
export interface ListedJob extends EndedAttempt {
  readonly stage: EndedStage;
}

/** A page of ended jobs, newest first. */
export interface EndedPage {
  readonly jobs: readonly ListedJob[];
  /** Number of jobs on all pages. */
  readonly total: number;
}

/** The jobs whose folder is there, oldest first, and their owners. */
interface Listing {
  readonly jobs: readonly EndedAttempt[];
  readonly owners: readonly string[];
  /** The names of those of which neither the history nor, at the last look, a record in the folder tells. */
  readonly unexplained: readonly string[];
}

const MAX_LOOKED_UP = 1000;
/** Most choices of what is shown, each made as a look at the last one has found something else. */
const MAX_CHOICES = 5;

/**
 * All ended jobs, from the history and the names in the stages, kept in memory and brought up to date when somebody
 * looks. The folders decide where a job lies and how it ended: a job that is shown has been looked for, and its record
 * compared, just before. The records of those that the history does not name are looked for a few at a time.
 */
export class EndedIndex {
  readonly #history: EndedHistory;
  readonly #folders: EndedFolders;
  readonly #rounds = new Rounds();
  /** Undefined when it is to be made anew. */
  #listed: Listing | undefined;
  #refreshing: Promise<void> | undefined;
  #version = 0;

  constructor(layout: Layout) {
    this.#history = new EndedHistory(layout.history);
    this.#folders = new EndedFolders(layout, this.#history);
  }

  /** Another number after every change. */
  get version(): number {
    return this.#version;
  }

  /** Every attempt that has ended, oldest first, those whose folder is gone too. */
  get attempts(): readonly EndedAttempt[] {
    return this.#history.attempts;
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
    for (let choices = 1; ; choices += 1) {
      const found = filtered(this.#listing().jobs, filter);
      const end = Math.max(0, found.length - from);
      const version = this.#version;
      const jobs = await this.#present(found.slice(Math.max(0, end - count), end).reverse());
      if (version === this.#version || choices === MAX_CHOICES) return { jobs, total: found.length };
    }
  }

  /** Every ended attempt of a job, newest first. */
  attemptsOf(name: string): EndedAttempt[] {
    return this.#history.attemptsOf(name);
  }

  /** The owners of the jobs that are listed, in the order of the alphabet. */
  owners(): readonly string[] {
    return this.#listing().owners;
  }

  // A job that was moved away since the stages were read is not shown.
  async #present(jobs: readonly EndedAttempt[]): Promise<ListedJob[]> {
    const names = jobs.map(({ name }) => name);
    await this.#lookAt(names);
    return names.flatMap((name) => {
      const stage = this.#folders.stageOf(name);
      return stage === undefined ? [] : [{ ...this.#folders.jobOf(name), stage }];
    });
  }

  async #lookAt(names: readonly string[]): Promise<void> {
    const areNews = await Promise.all(names.map((name) => this.#folders.look(name)));
    if (areNews.includes(true)) this.#changed();
  }

  #listing(): Listing {
    this.#listed ??= this.#makeListing();
    return this.#listed;
  }

  #makeListing(): Listing {
    const inHistory = this.#history.attempts.filter(
      (job) => this.#history.latestOf(job.name) === job && this.#folders.stageOf(job.name) !== undefined,
    );
    const others = [...this.#folders.names]
      .filter((name) => this.#history.latestOf(name) === undefined)
      .sort();
    const jobs = [...others, ...inHistory.map(({ name }) => name)].map((name) => this.#folders.jobOf(name));
    jobs.sort((a, b) => a.finishedMs - b.finishedMs);
    const owners = [...new Set(jobs.map(({ owner }) => owner))].sort();
    return { jobs, owners, unexplained: others.filter((name) => this.#folders.isUnexplained(name)) };
  }

  async #readNews(): Promise<void> {
    const { isAnew, records } = await this.#history.readNew();
    for (const { name } of records) this.#folders.forget(name);
    if (isAnew || records.length > 0) this.#changed();
    // A few new ones are looked up one by one, which is cheaper than reading a long stage again.
    const looked = !isAnew && records.length < MAX_LOOKED_UP ? records : [];
    const areNews = await Promise.all(looked.map(({ name }) => this.#folders.find(name)));
    if ((await this.#folders.refresh()) || areNews.includes(true)) this.#changed();
    // Without end, as a copy gets its record some time after its name.
    if (this.#rounds.isDue)
      await this.#rounds.lookAtNext(this.#listing().unexplained, (name) => this.#lookAt([name]));
  }

  #changed(): void {
    this.#listed = undefined;
    this.#version += 1;
  }
}

/** Time slice for one batch of names, and the rest after it as a multiple of that time. */
const LOOKING_MS = 20;
const REST_FACTOR = 20;

/** Looks at names, of which there may be many, a few at a time and in turn, with a rest in between. */
class Rounds {
  #looks = 0;
  #restUntilMs = 0;

  /** True when it is time for the next few. */
  get isDue(): boolean {
    return performance.now() >= this.#restUntilMs;
  }

  /** Looks at the next few of these names. Throws what a look throws. */
  async lookAtNext(names: readonly string[], look: (name: string) => Promise<void>): Promise<void> {
    const fromMs = performance.now();
    let tookMs = 0;
    for (let looks = 0; looks < names.length && tookMs <= LOOKING_MS; looks += 1) {
      await look(names[this.#looks % names.length] ?? "");
      this.#looks += 1;
      tookMs = performance.now() - fromMs;
    }
    this.#restUntilMs = fromMs + tookMs * (1 + REST_FACTOR);
  }
}
