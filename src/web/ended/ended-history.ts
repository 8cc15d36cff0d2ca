import { type EndedAttempt, endedAttemptOf } from "./ended-attempt.ts";
import { HistoryFollower, type HistoryNews } from "./history-follower.ts";

/** Every attempt that the history tells of, kept in memory. */
export class EndedHistory {
  readonly #follower: HistoryFollower<EndedAttempt>;
  #attempts: EndedAttempt[] = [];
  #latest = new Map<string, EndedAttempt>();

  /** @param file the history, which need not be there */
  constructor(file: string) {
    this.#follower = new HistoryFollower(file, endedAttemptOf);
  }

  /** Takes over what is new, and tells it. Throws what the file system throws. */
  async readNew(): Promise<HistoryNews<EndedAttempt>> {
    const news = await this.#follower.readNew();
    if (news.isAnew) {
      this.#attempts = [];
      this.#latest = new Map();
    }
    for (const attempt of news.records) {
      this.#attempts.push(attempt);
      this.#latest.set(attempt.name, attempt);
    }
    return news;
  }

  /** All attempts, oldest first. */
  get attempts(): readonly EndedAttempt[] {
    return this.#attempts;
  }

  /** The last attempt of a job of this name. */
  latestOf(name: string): EndedAttempt | undefined {
    return this.#latest.get(name);
  }

  /** Every attempt of jobs of this name, newest first. */
  attemptsOf(name: string): EndedAttempt[] {
    return this.#attempts.filter((attempt) => attempt.name === name).reverse();
  }

  /** The end of one run. */
  endOf(run: string): EndedAttempt | undefined {
    return this.#attempts.findLast(({ runId }) => runId === run);
  }
}
