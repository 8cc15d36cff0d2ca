import { inWords } from "./number-words.ts";
import { type Occurrence, occurrences, type Timetable } from "./occurrences.ts";
import { clockText, dayText, MINUTE_MS } from "./wall.ts";
import type { ClockChange } from "./zone.ts";

/** As many times are told one by one. */
const MOST_TIMES = 6;

/**
 * The changes of the clock in a year, with the effect on a schedule: `2026-03-29: the clock goes from 02:00 to 03:00; 02:30 runs at
 * 03:00`.
 */
export function clockChangesInWords(timetable: Timetable, year: number): readonly string[] {
  const changes = [...timetable.zone.changes(Date.UTC(year, 0), Date.UTC(year + 1, 0))];
  return changes.map((change) => {
    const [day, from, to] = [dayText(change.from), clockText(change.from), clockText(change.to)];
    const isAhead = change.to > change.from;
    const effect = isAhead ? effectOfGap(timetable, change) : effectOfDoubling(timetable, change);
    return `${day}: the clock goes ${isAhead ? `from ${from} to ${to}` : `back from ${from} to ${to}`}; ${effect}`;
  });
}

function effectOfGap(timetable: Timetable, { ms, to }: ClockChange): string {
  const moved = [...occurrences(timetable, ms, ms + MINUTE_MS)].filter(({ wall }) => wall < to);
  if (moved.length === 0) return "no run is moved";
  return `${timesInWords(moved)} ${runs(moved)} at ${clockText(to)}`;
}

function effectOfDoubling(timetable: Timetable, { ms, from, to }: ClockChange): string {
  const first = [...occurrences(timetable, ms - (from - to), ms)];
  const second = [...occurrences(timetable, ms, ms + (from - to))];
  const twice = first.filter(({ wall }) => second.some((other) => other.wall === wall));
  const once = first.filter((occurrence) => !twice.includes(occurrence));
  const told = [
    once.length === 0 ? "" : `${timesInWords(once)} ${runs(once)} once, the first time`,
    twice.length === 0 ? "" : `${timesInWords(twice)} ${runs(twice)} twice`,
  ];
  return told.filter((text) => text !== "").join(", ") || "no run is doubled";
}

function runs(times: readonly Occurrence[]): string {
  return times.length === 1 ? "runs" : "run";
}

function timesInWords(times: readonly Occurrence[]): string {
  const clocks = times.map(({ wall }) => clockText(wall));
  if (clocks.length <= MOST_TIMES) return inWords(clocks);
  return `${clocks.length} times from ${clocks[0]} to ${clocks.at(-1)}`;
}
