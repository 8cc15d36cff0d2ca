import { type NamedTally, type Tally, tallyBy, tallyOf } from "../../app/tally.ts";
import type { EndedAttempt } from "../ended/ended-attempt.ts";
import type { EndedIndex } from "../ended/ended-index.ts";
import {
  midnightBefore,
  type Periods,
  periodAt,
  periodName,
  periodsBetween,
  type StatsQuery,
} from "./stats-query.ts";

/** The work of the queue in a span of time, by owner and by day or week. */
export interface QueueStats {
  readonly total: Tally;
  /** Sorted by owner. */
  readonly byOwner: readonly NamedTally[];
  /** Oldest first, without a gap; named by the day on which each begins. */
  readonly byPeriod: readonly NamedTally[];
}

/** Counts ended attempts. */
export function statsOf(attempts: readonly EndedAttempt[], query: StatsQuery, nowMs: number): QueueStats {
  const periods = periodsOf(attempts, query, nowMs);
  // `all` also counts attempts whose end time is unknown.
  const sinceMs = query.days === "all" ? Number.NEGATIVE_INFINITY : (periods.startsMs[0] ?? nowMs);
  const owner = query.owner?.toLowerCase();
  const chosen = attempts.filter(
    (attempt) =>
      attempt.finishedMs >= sinceMs && (owner === undefined || attempt.owner.toLowerCase() === owner),
  );
  const byPlace = new Map(tallyBy(chosen, ({ finishedMs }) => String(periodAt(periods, finishedMs))));
  return {
    total: tallyOf(chosen),
    byOwner: tallyBy(chosen, (attempt) => attempt.owner),
    byPeriod: periods.startsMs.map(
      (startMs, at) => [periodName(startMs), byPlace.get(String(at)) ?? tallyOf([])] as const,
    ),
  };
}

function periodsOf(attempts: readonly EndedAttempt[], { by, days }: StatsQuery, nowMs: number): Periods {
  const fromMs = days === "all" ? firstEnd(attempts, nowMs) : midnightBefore(nowMs, Number(days) - 1);
  return periodsBetween(by, fromMs, nowMs);
}

function firstEnd(attempts: readonly EndedAttempt[], nowMs: number): number {
  return attempts.reduce(
    (first, { finishedMs }) => (finishedMs > 0 && finishedMs < first ? finishedMs : first),
    nowMs,
  );
}

interface Kept {
  readonly version: number;
  readonly stats: QueueStats;
}

const MAX_KEPT = 16;

/** Statistics, counted again only after a change; the few that were asked for last are kept. */
export class StatsCache {
  readonly #ended: Pick<EndedIndex, "version" | "attempts" | "refresh">;
  /** The one asked for last is the last. */
  readonly #kept = new Map<string, Kept>();

  constructor(ended: Pick<EndedIndex, "version" | "attempts" | "refresh">) {
    this.#ended = ended;
  }

  /** The statistics as of now. Throws what the file system throws. */
  async ask(query: StatsQuery, nowMs: number): Promise<QueueStats> {
    await this.#ended.refresh();
    const { by, days, owner = "" } = query;
    const key = [by, days, periodName(nowMs), owner.toLowerCase()].join(" ");
    const { version } = this.#ended;
    const found = this.#kept.get(key);
    const stats = found?.version === version ? found.stats : statsOf(this.#ended.attempts, query, nowMs);
    this.#kept.delete(key);
    this.#kept.set(key, { version, stats });
    this.#forgetOldest();
    return stats;
  }

  #forgetOldest(): void {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
