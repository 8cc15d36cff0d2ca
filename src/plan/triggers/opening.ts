import type { NamedWindows } from "./calendar.ts";
import { type Occurrence, occurrences, type Timetable } from "./occurrences.ts";
import type { WallMs } from "./wall.ts";
import { endOfWindow, notBegunUntil } from "./window.ts";

/** The times at which a recurring job may run. */
export interface Opening {
  /** In none of these; wins over `only`. */
  readonly exclude: readonly NamedWindows[];
  /** In one of these, if there are any. */
  readonly only: readonly NamedWindows[];
}

/** A time at which a job may not run. */
export interface Closed {
  /** For people: `12:00-13:00 is excluded`. */
  readonly why: string;
  /** It stays closed at least until then. */
  readonly until: WallMs;
}

/** A job whose times are all closed for so long has none to come. */
const LONGEST_CLOSED_MS = 10 * 366 * 86_400_000;

/** The reason why a time is closed; undefined where it is not. */
export function closedAt({ exclude, only }: Opening, wall: WallMs): Closed | undefined {
  for (const { name, windows } of exclude) {
    for (const window of windows) {
      const until = endOfWindow(window, wall);
      if (until !== undefined) return { why: `${name} is excluded`, until };
    }
  }
  const allowed = only.flatMap(({ windows }) => windows);
  if (only.length === 0 || allowed.some((window) => endOfWindow(window, wall) !== undefined))
    return undefined;
  const begins = allowed.map((window) => notBegunUntil(window, wall));
  return {
    why: `outside ${only.map(({ name }) => name).join(", ")}`,
    until: Math.min(Number.POSITIVE_INFINITY, ...begins),
  };
}

/** The first time due at `fromMs` or later at which the job may run; undefined where none comes within ten years of closed ones. */
export function nextOpen(timetable: Timetable, opening: Opening, fromMs: number): Occurrence | undefined {
  let at = fromMs;
  while (at < fromMs + LONGEST_CLOSED_MS) {
    const skipTo = { ms: at };
    for (const occurrence of occurrences(timetable, at, Number.POSITIVE_INFINITY)) {
      const closed = closedAt(opening, occurrence.wall);
      if (closed === undefined) return occurrence;
      skipTo.ms = reopens(timetable, occurrence, closed);
      if (skipTo.ms > occurrence.dueMs) break;
    }
    if (skipTo.ms === at) return undefined;
    at = skipTo.ms;
  }
  return undefined;
}

/** Not beyond a change of the clock, which may turn it back to before the window. */
function reopens({ zone }: Timetable, { dueMs }: Occurrence, { until }: Closed): number {
  const { toMs, offsetMs } = zone.periodAt(dueMs);
  return Math.max(dueMs, Math.min(toMs, until - offsetMs));
}
