/**
 * Times on a local clock, as milliseconds: the time at which UTC shows what that clock shows. So a day is 24 hours long, and
 * differences are those of the clock.
 */
export type WallMs = number;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The weekdays, Sunday first, as cron counts them. */
export const WEEKDAYS = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
] as const;

/** The months, January first. */
export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

/** The place of a name in a list of them, by at least its first three letters in any case; undefined where it is none of them. */
export function indexOfName(text: string, names: readonly string[]): number | undefined {
  const word = text.toLowerCase();
  const index = word.length < 3 ? -1 : names.findIndex((name) => name.toLowerCase().startsWith(word));
  return index === -1 ? undefined : index;
}

/** The midnight at which the day of this time begins. */
export function startOfDay(wall: WallMs): WallMs {
  return Math.floor(wall / DAY_MS) * DAY_MS;
}

/** 0 for Sunday to 6. */
export function weekdayOf(wall: WallMs): number {
  return (((Math.floor(wall / DAY_MS) + 4) % 7) + 7) % 7;
}

/** The number of days of a month; January is 1. */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** A day from `2026-12-24`; undefined for another form and for a day that no calendar has. */
export function parseDay(text: string): WallMs | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return dayText(wall) === text ? wall : undefined;
}

/** Minutes after midnight from `06:00` or `6:00`, up to `24:00`; undefined for another form and for a time that no clock shows. */
export function parseClock(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= 24 * 60 ? total : undefined;
}

/** `2026-12-24` */
export function dayText(wall: WallMs): string {
  return new Date(wall).toISOString().slice(0, 10);
}

/** `06:00` */
export function clockText(wall: WallMs): string {
  return new Date(wall).toISOString().slice(11, 16);
}
