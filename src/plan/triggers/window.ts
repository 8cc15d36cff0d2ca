import { DAY_MS, MINUTE_MS, startOfDay, type WallMs, weekdayOf } from "./wall.ts";

/** A part of time on the local clock, which comes once or again and again. Its beginning belongs to it, its end does not. */
export type Window =
  /** On some days. One that ends no later than it begins goes on into the day after. */
  | { readonly kind: "daily"; readonly days: WindowDays; readonly from: number; readonly to: number }
  /** From one weekday's time to another's; may go on into the week after. */
  | { readonly kind: "weekly"; readonly from: WeekTime; readonly to: WeekTime };

/** The days on which a window begins. */
export type WindowDays =
  | { readonly kind: "all" }
  | { readonly kind: "weekdays"; readonly weekdays: readonly number[] }
  /** From one midnight to another, both days included. */
  | { readonly kind: "dates"; readonly first: WallMs; readonly last: WallMs }
  /** Each year, as month * 100 + day, both included; from the later to the earlier it goes over the new year. */
  | { readonly kind: "yearly"; readonly first: number; readonly last: number };

/** Minutes after the beginning of Sunday. */
export type WeekTime = number;

export const DAY_MINUTES = DAY_MS / MINUTE_MS;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** The end of the window that a time lies in; undefined where it lies in none. */
export function endOfWindow(window: Window, wall: WallMs): WallMs | undefined {
  if (window.kind === "weekly") return endOfWeekly(window.from, window.to, wall);
  const today = startOfDay(wall);
  return endOfDaily(window, today, wall) ?? endOfDaily(window, today - DAY_MS, wall);
}

/** A time up to which a window that a time does not lie in has not begun: its beginning, or the end of the day. */
export function notBegunUntil(window: Window, wall: WallMs): WallMs {
  const today = startOfDay(wall);
  const minutes = window.kind === "daily" ? window.from : window.from % DAY_MINUTES;
  const begin = today + minutes * MINUTE_MS;
  return begin > wall ? begin : today + DAY_MS;
}

function endOfDaily(
  { days, from, to }: Extract<Window, { kind: "daily" }>,
  day: WallMs,
  wall: WallMs,
): WallMs | undefined {
  const length = to > from ? to - from : to - from + DAY_MINUTES;
  const begin = day + from * MINUTE_MS;
  const end = begin + length * MINUTE_MS;
  return wall >= begin && wall < end && isDay(days, day) ? end : undefined;
}

function endOfWeekly(from: WeekTime, to: WeekTime, wall: WallMs): WallMs | undefined {
  const minute = (weekdayOf(wall) * DAY_MS + wall - startOfDay(wall)) / MINUTE_MS;
  const since = (minute - from + WEEK_MINUTES) % WEEK_MINUTES;
  const length = (to - from + WEEK_MINUTES) % WEEK_MINUTES;
  return since < length ? wall + (length - since) * MINUTE_MS : undefined;
}

function isDay(days: WindowDays, day: WallMs): boolean {
  if (days.kind === "all") return true;
  if (days.kind === "weekdays") return days.weekdays.includes(weekdayOf(day));
  if (days.kind === "dates") return day >= days.first && day <= days.last;
  const date = new Date(day);
  const ofYear = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  const [isFrom, isTo] = [ofYear >= days.first, ofYear <= days.last];
  return days.first <= days.last ? isFrom && isTo : isFrom || isTo;
}
