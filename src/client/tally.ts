import type { JobRecord } from "../core/record.ts";
import { localTime } from "../folders/status-text.ts";

/** What some ended attempts amount to. */
export interface Tally {
  readonly jobs: number;
  /** All that did not end as done, killed ones included. */
  readonly failures: number;
  /** Processors times hours. */
  readonly processorHours: number;
  /** Median of the time in the queue; absent where no job tells. */
  readonly waitedMedianSeconds?: number;
}

/** Counts attempts together. */
export function tallyOf(records: readonly JobRecord[]): Tally {
  const waited = records.flatMap(({ waitedSeconds }) => waitedSeconds ?? []);
  const seconds = records.reduce(
    (sum, { ranSeconds, processors }) => sum + (ranSeconds ?? 0) * (processors ?? 1),
    0,
  );
  const median = medianOf(waited);
  return {
    jobs: records.length,
    failures: records.filter(({ state }) => state !== "done").length,
    processorHours: Math.round((seconds / 3600) * 1000) / 1000,
    ...(median === undefined ? {} : { waitedMedianSeconds: median }),
  };
}

/** Counts them by something they have in common, sorted by it. */
export function tallyBy(
  records: readonly JobRecord[],
  keyOf: (record: JobRecord) => string,
): (readonly [key: string, tally: Tally])[] {
  const groups = new Map<string, JobRecord[]>();
  for (const record of records) {
    const group = groups.get(keyOf(record));
    if (group === undefined) groups.set(keyOf(record), [record]);
    else group.push(record);
  }
  return [...groups]
    .map(([key, group]) => [key, tallyOf(group)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The day on which an attempt ended, by this machine's clock: `2026-11-22`. */
export function dayOf({ finishedAt }: JobRecord): string {
  return localTime(finishedAt)?.slice(0, 10) ?? "unknown";
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
