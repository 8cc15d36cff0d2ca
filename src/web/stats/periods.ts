import { wallClock } from "../../text/local-time.ts";
import type { PeriodKind } from "./stats-query.ts";

/** Days or weeks without a gap, by this machine's clock. */
export interface Periods {
  /** When each one begins, in milliseconds since 1970, ascending. */
  readonly startsMs: readonly number[];
  /** When the last one ends. */
  readonly endMs: number;
}

/** Before this there was no queue: a record that says so has a wrong clock. */
const FIRST_MS = new Date(2000, 0, 1).getTime();

/** The periods from the one that holds a moment to the one that holds another. */
export function periodsBetween(kind: PeriodKind, fromMs: number, toMs: number): Periods {
  const startsMs: number[] = [];
  let at = startOf(kind, Math.max(FIRST_MS, fromMs));
  while (at <= toMs) {
    startsMs.push(at);
    at = nextStart(kind, at);
  }
  return { startsMs, endMs: at };
}

/** The midnight so many days before that of a moment. */
export function midnightBefore(ms: number, days: number): number {
  const date = new Date(ms);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - days).getTime();
}

/** Which of the periods holds a moment; undefined for none. */
export function periodAt({ startsMs, endMs }: Periods, ms: number): number | undefined {
  if (ms >= endMs || ms < (startsMs[0] ?? Number.POSITIVE_INFINITY)) return undefined;
  let [low, high] = [0, startsMs.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((startsMs[middle] ?? 0) <= ms) low = middle;
    else high = middle;
  }
  return low;
}

/** A period by the day on which it begins: `2026-11-22`. */
export function periodName(startMs: number): string {
  return wallClock(new Date(startMs)).day;
}

// A week begins on Monday, as ISO 8601 has it.
function startOf(kind: PeriodKind, ms: number): number {
  return midnightBefore(ms, kind === "day" ? 0 : (new Date(ms).getDay() + 6) % 7);
}

// Not every day has 24 hours.
function nextStart(kind: PeriodKind, startMs: number): number {
  return midnightBefore(startMs, kind === "day" ? -1 : -7);
}
