import { ok, type Parsed, wrong } from "../../text/parsed.ts";
import { ALL_MONTH_DAYS, ALL_WEEKDAYS, type CronRule, type Weekdays } from "./cron-rule.ts";
import { readWeekdays } from "./read-cron.ts";
import { MINUTE_MS, parseClock, parseDay, type WallMs } from "./wall.ts";

/** Real time, counted from when the job was first seen: what no grid of the clock has, such as every 45 minutes. */
export interface IntervalRule {
  readonly kind: "interval";
  readonly everyMs: number;
}

/** A single time. */
export interface OnceRule {
  readonly kind: "once";
  readonly wall: WallMs;
}

const EVERY_RIGHT =
  "should be such as every 20 min, every 2 h, every day at 06:00, every MON,WED at 07:30 or every month on 1 at 03:00";
const AT_RIGHT = "should be a day and a time, such as at 2026-12-24 18:00";

/** As many minutes as ten years have. */
const MOST_MINUTES = 10 * 366 * 24 * 60;

/** A form that begins with `every`, by its words after that. */
export function readEvery(text: string): Parsed<CronRule | IntervalRule> {
  const [, count, unit] = /^(\d+)\s*(m|mins?|minutes?|h|hours?)$/i.exec(text) ?? [];
  if (unit !== undefined) return readCount(Number(count), unit);
  if (/^(min|minute)$/i.test(text)) return ok(minuteGrid(1));
  if (/^(h|hour)$/i.test(text)) return ok(hourGrid(1));
  const [, days = "", clock = ""] = /^(.+?)\s+at\s+(.+)$/i.exec(text) ?? [];
  return days === "" ? wrong(EVERY_RIGHT) : readDaily(days, clock);
}

/** A form that begins with `at`, by its words after that. */
export function readAt(text: string): Parsed<OnceRule> {
  const [dayText = "", clock = "", ...rest] = text.split(/\s+/);
  const [day, minutes] = [parseDay(dayText), timeOfDay(clock)];
  if (rest.length > 0) return wrong(AT_RIGHT);
  if (day === undefined) return wrong(AT_RIGHT, `has "${dayText}" as day`);
  if (minutes === undefined) return wrong(AT_RIGHT, `has "${clock}" as time`);
  return ok({ kind: "once", wall: day + minutes * MINUTE_MS });
}

function readCount(count: number, unit: string): Parsed<CronRule | IntervalRule> {
  const isHours = unit.toLowerCase().startsWith("h");
  const minutes = isHours ? count * 60 : count;
  if (minutes < 1 || minutes > MOST_MINUTES) {
    return wrong("should be from 1 minute to ten years, such as every 20 min", `has ${count} ${unit}`);
  }
  if (60 % minutes === 0 && minutes < 60) return ok(minuteGrid(minutes));
  if (minutes % 60 === 0 && 24 % (minutes / 60) === 0) return ok(hourGrid(minutes / 60));
  return ok({ kind: "interval", everyMs: minutes * MINUTE_MS });
}

function readDaily(days: string, clock: string): Parsed<CronRule> {
  const minutes = timeOfDay(clock);
  if (minutes === undefined) return wrong("should be a time such as 06:00", `has "${clock}" as time`);
  const time = { minutes: [minutes % 60], hours: [Math.floor(minutes / 60)], isFrequent: false };
  if (days.toLowerCase() === "day") return ok(onDays(time));
  const [, monthDay] = /^month\s+on\s+(.+)$/i.exec(days) ?? [];
  if (monthDay !== undefined) return readMonthly(time, monthDay);
  const weekdays = readWeekdays(days.replace(/\s*,\s*/g, ","));
  if (weekdays.kind === "ok") return ok(onDays(time, { weekdays: weekdays.value }));
  return wrong(EVERY_RIGHT, `has "${days}" as day`);
}

function readMonthly(time: TimesOfDay, text: string): Parsed<CronRule> {
  const day = /^(L|last)$/i.test(text) ? 31 : /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (day < 1 || day > 31) {
    return wrong(
      "should be 1 to 31 or last, such as every month on 1 at 03:00",
      `has "${text}" as day of month`,
    );
  }
  return ok(onDays(time, { monthDays: { days: [day], hasLast: false, isKept: true } }));
}

type TimesOfDay = Pick<CronRule, "minutes" | "hours" | "isFrequent">;

function onDays(
  time: TimesOfDay,
  days: { readonly weekdays?: Weekdays; readonly monthDays?: CronRule["monthDays"] } = {},
): CronRule {
  return {
    kind: "cron",
    ...time,
    monthDays: ALL_MONTH_DAYS,
    months: upTo(12, 1, 1),
    weekdays: ALL_WEEKDAYS,
    isEither: false,
    ...days,
  };
}

function minuteGrid(by: number): CronRule {
  return onDays({ minutes: upTo(59, 0, by), hours: upTo(23, 0, 1), isFrequent: true });
}

function hourGrid(by: number): CronRule {
  // Once a day is a time of the day, which no change of the clock moves.
  return onDays({ minutes: [0], hours: upTo(23, 0, by), isFrequent: by < 24 });
}

function upTo(most: number, from: number, by: number): readonly number[] {
  return Array.from({ length: Math.floor((most - from) / by) + 1 }, (_, index) => from + index * by);
}

function timeOfDay(text: string): number | undefined {
  const minutes = parseClock(text);
  return minutes === 24 * 60 ? undefined : minutes;
}
