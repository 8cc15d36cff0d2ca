import { DAY_MS, daysInMonth, HOUR_MS, MINUTE_MS, startOfDay, type WallMs, weekdayOf } from "./wall.ts";

/** Times of a local clock, by the five fields of cron. The numbers of each field are in order. */
export interface CronRule {
  readonly kind: "cron";
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly monthDays: MonthDays;
  /** 1 to 12. */
  readonly months: readonly number[];
  readonly weekdays: Weekdays;
  /** A day of either the days of month or the weekdays, as both are given; otherwise it has to be of both. */
  readonly isEither: boolean;
  /** By real time, as cron has it for a `*` in the minute or hour; otherwise once a day, whatever the clock does. */
  readonly isFrequent: boolean;
}

export interface MonthDays {
  readonly days: readonly number[];
  /** The last day of a month too. */
  readonly hasLast: boolean;
  /** A day that a month lacks is its last one. */
  readonly isKept: boolean;
}

export interface Weekdays {
  /** 0 for Sunday to 6. */
  readonly every: readonly number[];
  readonly within: readonly WeekdayInMonth[];
}

export interface WeekdayInMonth {
  readonly weekday: number;
  /** The first of a month is 1. */
  readonly nth: number | "last";
}

/** The days of month where all count. */
export const ALL_MONTH_DAYS: MonthDays = {
  days: Array.from({ length: 31 }, (_, index) => index + 1),
  hasLast: false,
  isKept: false,
};

/** The weekdays where all count. */
export const ALL_WEEKDAYS: Weekdays = { every: [0, 1, 2, 3, 4, 5, 6], within: [] };

/** Every day's times of a rule, from one time of the clock up to another. */
export function* wallTimes(rule: CronRule, from: WallMs, to: WallMs): Generator<WallMs> {
  for (const day of matchingDays(rule, startOfDay(from), to)) {
    for (const hour of rule.hours) {
      const begin = day + hour * HOUR_MS;
      if (begin + HOUR_MS <= from) continue;
      for (const minute of rule.minutes) {
        const wall = begin + minute * MINUTE_MS;
        if (wall >= to) return;
        if (wall >= from) yield wall;
      }
    }
  }
}

/** Some day fits the rule: not so for 30 February. The calendar repeats after 400 years. */
export function everComes(rule: CronRule): boolean {
  return !matchingDays(rule, Date.UTC(2000, 0), Date.UTC(2400, 0)).next().done;
}

/** The days, as their midnights, that fit a rule. */
function* matchingDays(rule: CronRule, from: WallMs, to: WallMs): Generator<WallMs> {
  const first = new Date(from);
  let [year, month, skipped] = [first.getUTCFullYear(), first.getUTCMonth() + 1, first.getUTCDate() - 1];
  for (let begin = Date.UTC(year, month - 1); begin < to; begin = Date.UTC(year, month - 1)) {
    if (rule.months.includes(month)) yield* daysOfMonth(rule, begin, daysInMonth(year, month), skipped);
    skipped = 0;
    month += 1;
    if (month > 12) [year, month] = [year + 1, 1];
  }
}

function* daysOfMonth(rule: CronRule, begin: WallMs, count: number, skipped: number): Generator<WallMs> {
  const firstWeekday = weekdayOf(begin);
  for (let day = skipped + 1; day <= count; day += 1) {
    const ofMonth = isMonthDay(rule.monthDays, day, count);
    const ofWeek = isWeekday(rule.weekdays, (firstWeekday + day - 1) % 7, day, count);
    if (rule.isEither ? ofMonth || ofWeek : ofMonth && ofWeek) yield begin + (day - 1) * DAY_MS;
  }
}

function isMonthDay({ days, hasLast, isKept }: MonthDays, day: number, count: number): boolean {
  if (days.includes(day)) return true;
  return day === count && (hasLast || (isKept && days.some((other) => other > count)));
}

function isWeekday({ every, within }: Weekdays, weekday: number, day: number, count: number): boolean {
  if (every.includes(weekday)) return true;
  return within.some((one) => {
    if (one.weekday !== weekday) return false;
    return one.nth === "last" ? day + 7 > count : Math.ceil(day / 7) === one.nth;
  });
}
