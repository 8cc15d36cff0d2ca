import { FollowedLog } from "./followed-log.ts";
import type { Follower } from "./log-event.ts";
import type { LogPlace } from "./log-place.ts";
import type { LogSource } from "./log-source.ts";

/** A log to follow. */
export interface LogSubject {
  /** The job's name: its followers share what is read. */
  readonly name: string;
  /** Tells where the log is now; asked at every look. */
  readonly locate: () => LogSource;
}

interface Followed {
  readonly log: FollowedLog;
  readonly timer: NodeJS.Timeout;
}

/**
 * Follows the logs of jobs for many clients at once. A log is looked at only while somebody follows it, once for all
 * of them.
 */
export class LogHub {
  readonly #pollMs: number;
  readonly #maxFollowers: number;
  readonly #followed = new Map<string, Followed>();

  constructor({ pollMs = 500, maxFollowers = 1000 }: { pollMs?: number; maxFollowers?: number } = {}) {
    this.#pollMs = pollMs;
    this.#maxFollowers = maxFollowers;
  }

  get followers(): number {
    let count = 0;
    for (const { log } of this.#followed.values()) count += log.followers;
    return count;
  }

  /** Whether nobody more may follow. */
  get isFull(): boolean {
    return this.followers >= this.#maxFollowers;
  }

  /**
   * Tells a follower at once what a log holds beyond `from`, then what is appended, until the job has ended or the
   * function returned is called. Throws what the file system throws at the first look.
   */
  follow(subject: LogSubject, from: LogPlace, follower: Follower): () => void {
    const { log } = this.#followed.get(subject.name) ?? this.#begin(subject);
    try {
      log.add(follower, from);
    } finally {
      this.#endIfAlone(subject.name);
    }
    return () => {
      log.remove(follower);
      this.#endIfAlone(subject.name);
    };
  }

  /** Stops looking; followers are told nothing more. */
  close(): void {
    for (const { timer } of this.#followed.values()) clearInterval(timer);
    this.#followed.clear();
  }

  #begin({ name, locate }: LogSubject): Followed {
    const timer = setInterval(() => this.#poll(name), this.#pollMs).unref();
    const followed = { log: new FollowedLog(locate), timer };
    this.#followed.set(name, followed);
    return followed;
  }

  #poll(name: string): void {
    try {
      this.#followed.get(name)?.log.poll();
    } catch {
      // A failing disk or no handles left: the next look may succeed.
    }
    this.#endIfAlone(name);
  }

  #endIfAlone(name: string): void {
    const followed = this.#followed.get(name);
    if (followed === undefined || followed.log.followers > 0) return;
    clearInterval(followed.timer);
    this.#followed.delete(name);
  }
}
