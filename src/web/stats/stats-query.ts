import { wallClock } from "../../text/local-time.ts";

/** Spans of time that statistics are made for, in days. */
export const SPANS = ["30", "90", "365", "all"] as const;

/** Periods that statistics are made by, beside the owners. */
export const PERIODS = ["day", "week"] as const;

type Span = (typeof SPANS)[number];

/** One of {@link PERIODS}. */
export type PeriodKind = (typeof PERIODS)[number];

/** The question that an address of the statistics asks. */
export interface StatsQuery {
  readonly by: PeriodKind;
  readonly days: Span;
  /** As it was given; case does not matter. */
  readonly owner?: string;
}

const MAX_OWNER = 200;

/** Reads an address's query; what makes no sense is passed over, so that no link of old leads to an error. */
export function readStatsQuery(query: Readonly<Record<string, unknown>>): StatsQuery {
  const given = query["owner"];
  const owner = typeof given === "string" ? given.trim().slice(0, MAX_OWNER) : "";
  return {
    by: PERIODS.find((known) => known === query["by"]) ?? "day",
    days: SPANS.find((known) => known === query["days"]) ?? "30",
    ...(owner === "" ? {} : { owner }),
  };
}

/** The fault of a query, in words for a program, which would not see that it was passed over; undefined where there is none. */
export function faultIn(query: Readonly<Record<string, unknown>>): string | undefined {
  for (const [key, known] of [["by", PERIODS] as const, ["days", SPANS] as const])
    if (query[key] !== undefined && !known.some((value) => value === query[key]))
      return `${key}: it can be ${known.join(", ")}`;
  const { owner } = query;
  return owner === undefined || typeof owner === "string" ? undefined : "owner: it can be given once";
}

/** The address that asks for this. */
export function statsLink(path: "/stats" | "/stats.csv", { by, days, owner }: StatsQuery): string {
  const search = new URLSearchParams({ by, days, ...(owner === undefined ? {} : { owner }) });
  return `${path}?${search.toString()}`;
}

/** Days or weeks without a gap, by this machine's clock. */
export interface Periods {
  /** The beginnings, in milliseconds since 1970, ascending. */
  readonly startsMs: readonly number[];
  /** The end of the last one. */
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

/** Index of the period that holds a moment; undefined for none. */
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
