import type { JobRecord, RecordState } from "../job/record.ts";
import { localTime } from "../text/local-time.ts";

/** What is counted of an ended attempt. */
export interface Countable {
  readonly state: RecordState;
  readonly processors?: number | undefined;
  readonly waitedSeconds?: number | undefined;
  readonly ranSeconds?: number | undefined;
}

/** What some ended attempts amount to. */
export interface Tally {
  readonly jobs: number;
  /** All that did not end as done, killed ones included. */
  readonly failures: number;
  /** Processors times hours. */
  readonly processorHours: number;
  /** Median of the time in the queue; absent where no job tells. */
  readonly waitedMedianSeconds?: number;
  /** Nine in ten waited no longer than this; absent where no job tells. */
  readonly waited90thSeconds?: number;
}

/** Counts attempts one by one. */
export class TallyCount {
  #jobs = 0;
  #failures = 0;
  #processorSeconds = 0;
  readonly #waited: number[] = [];

  add({ state, processors, waitedSeconds, ranSeconds }: Countable): void {
    this.#jobs += 1;
    if (state !== "done") this.#failures += 1;
    this.#processorSeconds += (ranSeconds ?? 0) * (processors ?? 1);
    if (waitedSeconds !== undefined) this.#waited.push(waitedSeconds);
  }

  /** What was counted up to now. */
  get tally(): Tally {
    const [median, most] = quantilesOf(this.#waited, [0.5, 0.9]);
    return {
      jobs: this.#jobs,
      failures: this.#failures,
      processorHours: Math.round((this.#processorSeconds / 3600) * 1000) / 1000,
      ...(median === undefined ? {} : { waitedMedianSeconds: median }),
      ...(most === undefined ? {} : { waited90thSeconds: most }),
    };
  }
}

/** Counts attempts together. */
export function tallyOf(attempts: Iterable<Countable>): Tally {
  const count = new TallyCount();
  for (const attempt of attempts) count.add(attempt);
  return count.tally;
}

/** Counts them by something they have in common, sorted by it. */
export function tallyBy<T extends Countable>(
  attempts: Iterable<T>,
  keyOf: (attempt: T) => string,
): (readonly [key: string, tally: Tally])[] {
  const counts = new Map<string, TallyCount>();
  for (const attempt of attempts) countIn(counts, keyOf(attempt)).add(attempt);
  return talliesOf(counts);
}

/** The count of a key, made where there is none yet. */
export function countIn(counts: Map<string, TallyCount>, key: string): TallyCount {
  const known = counts.get(key);
  if (known !== undefined) return known;
  const count = new TallyCount();
  counts.set(key, count);
  return count;
}

/** What was counted for each key, sorted by it. */
export function talliesOf(counts: ReadonlyMap<string, TallyCount>): (readonly [key: string, tally: Tally])[] {
  return [...counts].map(([key, count]) => [key, count.tally] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The day on which an attempt ended, by this machine's clock: `2026-11-22`. */
export function dayOf({ finishedAt }: JobRecord): string {
  return localTime(finishedAt)?.slice(0, 10) ?? "unknown";
}

/**
 * The values below which these shares (0 to 1) of all lie, between two neighbours in proportion, to three digits behind
 * the point; undefined where there are none.
 */
export function quantilesOf(values: readonly number[], shares: readonly number[]): (number | undefined)[] {
  const sorted = Float64Array.from(values).sort();
  return shares.map((share) => {
    const place = (sorted.length - 1) * share;
    const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    if (low === undefined || high === undefined) return undefined;
    return Math.round((low + (high - low) * (place % 1)) * 1000) / 1000;
  });
}
