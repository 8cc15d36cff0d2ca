import { type CronRule, wallTimes } from "./cron-rule.ts";
import type { IntervalRule, OnceRule } from "./read-every.ts";
import type { Schedule, ScheduleRule } from "./schedule.ts";
import { DAY_MS, MINUTE_MS, type WallMs } from "./wall.ts";
import type { Zone } from "./zone.ts";

/** A schedule on the clock of a zone. */
export interface Timetable {
  readonly schedule: Schedule;
  readonly zone: Zone;
  /** The time at which the job was first seen, from whose minute intervals such as `every 45 min` are counted. */
  readonly firstSeenMs: number;
}

/** One time of a schedule. */
export interface Occurrence {
  readonly dueMs: number;
  /** The time on the clock that it is named after: the one that was asked for, where the clock leaves that out. */
  readonly wall: WallMs;
}

/** Before this much time the clock was nowhere ahead of itself now. */
const LONGEST_STEP_MS = 2 * DAY_MS;

/** The times due from `fromMs` up to, not including, `toMs`, in order, each once. With `toMs` infinite it may never end. */
export function* occurrences(timetable: Timetable, fromMs: number, toMs: number): Generator<Occurrence> {
  const sources = timetable.schedule.map((rule) => ofRule(rule, timetable, fromMs, toMs));
  const [only] = sources;
  if (only !== undefined && sources.length === 1) yield* only;
  else yield* merged(sources);
}

/** The next time due at `fromMs` or later; undefined where there is none. */
export function nextOccurrence(timetable: Timetable, fromMs: number): Occurrence | undefined {
  return occurrences(timetable, fromMs, Number.POSITIVE_INFINITY).next().value;
}

/** By the time due, then by that of the clock. */
export function compareOccurrences(one: Occurrence, other: Occurrence): number {
  return one.dueMs - other.dueMs || one.wall - other.wall;
}

function ofRule(
  rule: ScheduleRule,
  timetable: Timetable,
  fromMs: number,
  toMs: number,
): Iterator<Occurrence> & Iterable<Occurrence> {
  if (rule.kind === "interval") return ofInterval(rule, timetable, fromMs, toMs);
  if (rule.kind === "once") return ofOnce(rule, timetable.zone, fromMs, toMs);
  return rule.isFrequent
    ? byRealTime(rule, timetable.zone, fromMs, toMs)
    : onceADay(rule, timetable.zone, fromMs, toMs);
}

function* ofInterval(
  { everyMs }: IntervalRule,
  { zone, firstSeenMs }: Timetable,
  fromMs: number,
  toMs: number,
) {
  const start = Math.floor(firstSeenMs / MINUTE_MS) * MINUTE_MS;
  const first = Math.max(1, Math.ceil((fromMs - start) / everyMs));
  for (let dueMs = start + first * everyMs; dueMs < toMs; dueMs += everyMs) {
    yield { dueMs, wall: Math.floor(zone.wallAt(dueMs) / MINUTE_MS) * MINUTE_MS };
  }
}

function* ofOnce({ wall }: OnceRule, zone: Zone, fromMs: number, toMs: number) {
  const dueMs = zone.firstReaching(wall);
  if (dueMs >= fromMs && dueMs < toMs) yield { dueMs, wall };
}

/** Whenever the clock shows one of the rule's times: twice in a doubled hour, never in a skipped one. */
function* byRealTime(rule: CronRule, zone: Zone, fromMs: number, toMs: number) {
  for (const period of zone.periods(fromMs, toMs)) {
    const ahead = period.offsetMs;
    for (const wall of wallTimes(rule, period.fromMs + ahead, period.toMs + ahead)) {
      yield { dueMs: wall - ahead, wall };
    }
  }
}

/** Each time as soon as the clock shows it or has gone past it: at the end of a skipped hour, and once in a doubled one. */
function* onceADay(rule: CronRule, zone: Zone, fromMs: number, toMs: number) {
  let reached = Number.NEGATIVE_INFINITY;
  for (const period of zone.periods(fromMs - LONGEST_STEP_MS, toMs)) {
    const ahead = period.offsetMs;
    const before = Math.max(reached, period.fromMs < fromMs ? fromMs + ahead : Number.NEGATIVE_INFINITY);
    const from = before === Number.NEGATIVE_INFINITY ? period.fromMs + ahead : before;
    for (const wall of wallTimes(rule, from, period.toMs + ahead)) {
      yield { dueMs: Math.max(wall - ahead, period.fromMs), wall };
    }
    reached = Math.max(reached, period.toMs + ahead);
  }
}

/** In order; what several have is given once. */
function* merged(sources: readonly Iterator<Occurrence>[]): Generator<Occurrence> {
  const heads = sources.map((source) => ({ source, next: source.next() }));
  for (;;) {
    const values = heads.flatMap(({ next }) => (next.done ? [] : [next.value]));
    const [first] = values.toSorted(compareOccurrences);
    if (first === undefined) return;
    yield first;
    for (const head of heads) {
      while (!head.next.done && compareOccurrences(head.next.value, first) === 0)
        head.next = head.source.next();
    }
  }
}
