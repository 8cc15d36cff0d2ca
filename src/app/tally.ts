import * as z from "zod";
import type { JobRecord, RecordState } from "../job/record.ts";
import { groupBy } from "../text/group-by.ts";
import { localTime } from "../text/local-time.ts";

/** The fields of an ended attempt that are counted. */
export interface Countable {
  readonly state: RecordState;
  readonly processors?: number | undefined;
  readonly waitedSeconds?: number | undefined;
  readonly ranSeconds?: number | undefined;
}

/** Some ended attempts counted together. */
export const tallySchema = z.object({
  jobs: z.number(),
  /** All that did not end as done, killed ones included. */
  failures: z.number(),
  /** Processors times hours. */
  processorHours: z.number(),
  /** Median of the time in the queue; absent where no job tells. */
  waitedMedianSeconds: z.number().exactOptional(),
  /** Nine in ten waited no longer than this; absent where no job tells. */
  waited90thSeconds: z.number().exactOptional(),
});

/** One of {@link tallySchema}. */
export type Tally = Readonly<z.infer<typeof tallySchema>>;

/** The tally of one owner, or of one span of time. */
export type NamedTally = readonly [name: string, tally: Tally];

/** Counts attempts together. */
export function tallyOf(attempts: readonly Countable[]): Tally {
  const processorSeconds = attempts.reduce(
    (sum, { ranSeconds = 0, processors = 1 }) => sum + ranSeconds * processors,
    0,
  );
  const waited = attempts.flatMap(({ waitedSeconds }) => waitedSeconds ?? []);
  const [median, most] = quantilesOf(waited, [0.5, 0.9]);
  return {
    jobs: attempts.length,
    failures: attempts.filter(({ state }) => state !== "done").length,
    processorHours: Math.round((processorSeconds / 3600) * 1000) / 1000,
    ...(median === undefined ? {} : { waitedMedianSeconds: median }),
    ...(most === undefined ? {} : { waited90thSeconds: most }),
  };
}

/** Counts them by something they have in common, sorted by it. */
export function tallyBy<T extends Countable>(
  attempts: readonly T[],
  keyOf: (attempt: T) => string,
): NamedTally[] {
  return [...groupBy(attempts, keyOf)]
    .map(([key, group]) => [key, tallyOf(group)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
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
