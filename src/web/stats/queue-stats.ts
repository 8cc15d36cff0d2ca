import { countIn, type Tally, TallyCount, talliesOf } from "../../app/tally.ts";
import type { EndedAttempt } from "../ended/ended-attempt.ts";
import { midnightBefore, type Periods, periodAt, periodName, periodsBetween } from "./periods.ts";
import type { StatsQuery } from "./stats-query.ts";

/** What the queue did in a span of time, by owner and by day or week. */
export interface QueueStats {
  readonly total: Tally;
  /** Sorted by owner. */
  readonly byOwner: readonly (readonly [owner: string, tally: Tally])[];
  /** Oldest first, without a gap; named by the day on which each begins. */
  readonly byPeriod: readonly (readonly [start: string, tally: Tally])[];
}

/** Counts ended attempts, each looked at once. */
export function statsOf(attempts: readonly EndedAttempt[], query: StatsQuery, nowMs: number): QueueStats {
  const periods = periodsOf(attempts, query, nowMs);
  // `all` also counts attempts whose end time is unknown.
  const sinceMs = query.days === "all" ? Number.NEGATIVE_INFINITY : (periods.startsMs[0] ?? nowMs);
  const owner = query.owner?.toLowerCase();
  const total = new TallyCount();
  const owners = new Map<string, TallyCount>();
  const counts = periods.startsMs.map(() => new TallyCount());
  for (const attempt of attempts) {
    if (attempt.finishedMs < sinceMs) continue;
    if (owner !== undefined && attempt.owner.toLowerCase() !== owner) continue;
    total.add(attempt);
    countIn(owners, attempt.owner).add(attempt);
    counts[periodAt(periods, attempt.finishedMs) ?? -1]?.add(attempt);
  }
  return {
    total: total.tally,
    byOwner: talliesOf(owners),
    byPeriod: counts.map((count, at) => [periodName(periods.startsMs[at] ?? 0), count.tally] as const),
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
