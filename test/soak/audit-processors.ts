import type { AllowedProcessors, Evidence } from "./evidence.ts";

/** A claim may come this long before its script's first word, and so be made under an earlier configuration. */
const START_SECONDS = 20;

/** The clocks are read to a hundredth of a second, and one of them is compared with another. */
const CLOCK_SECONDS = 0.1;

interface Busy {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly processors: number;
}

/**
 * Between a start and its stop no more processors were in use than allowed. Of a run without a stop the record tells
 * when it ended.
 */
export function auditProcessors({ told, history, allowed, bootedAtMs }: Evidence): string[] {
  const ends = new Map(history.map((line) => [line.runId, Date.parse(line.finishedAt ?? "")]));
  const stops = new Map(
    told.flatMap((line) => (line.word === "stop" ? [[line.runId, line.uptimeSeconds]] : [])),
  );
  const busy = told.flatMap((start): Busy[] => {
    if (start.word === "stop") return [];
    const { id, runId, uptimeSeconds: from, processors } = start;
    const recorded = ((ends.get(runId) ?? Number.NaN) - bootedAtMs) / 1000 - CLOCK_SECONDS;
    const to = stops.get(runId) ?? recorded;
    return Number.isNaN(to) ? [] : [{ id, from, to, processors }];
  });
  return busy.flatMap((start) => tooMany(start, busy, allowed));
}

function tooMany(start: Busy, busy: readonly Busy[], allowed: readonly AllowedProcessors[]): string[] {
  const beside = busy.filter(({ from, to }) => from <= start.from && to > start.from);
  const inUse = beside.reduce((sum, { processors }) => sum + processors, 0);
  const limit = limitAround(start.from, allowed);
  const ids = beside.map(({ id }) => id).join(", ");
  return inUse <= limit
    ? []
    : [`${inUse} processors in use, ${limit} allowed, when job ${start.id} started (${ids})`];
}

/** The most that was allowed when a job that tells of its start now may have been claimed. */
function limitAround(uptimeSeconds: number, allowed: readonly AllowedProcessors[]): number {
  const inForce = allowed.filter((one, index) => {
    const until = allowed[index + 1]?.sinceUptimeSeconds ?? Number.POSITIVE_INFINITY;
    return one.sinceUptimeSeconds <= uptimeSeconds && until >= uptimeSeconds - START_SECONDS;
  });
  return Math.max(...inForce.map(({ processors }) => processors));
}
