import type { CronRule, MonthDays, WeekdayInMonth, Weekdays } from "./cron-rule.ts";
import { inWords, isAll, ordinal, rangeOf } from "./number-words.ts";
import { MONTHS, WEEKDAYS } from "./wall.ts";

const NTH = ["", "first", "second", "third", "fourth", "fifth"] as const;

/** The rule has times on every day. */
export function isEveryDay({ monthDays, weekdays, months }: CronRule): boolean {
  return isAll(monthDays.days, 1, 31) && isAll(weekdays.every, 0, 6) && isAll(months, 1, 12);
}

/** The days of a rule: `every day`, `every Monday and Wednesday`, `on the last day of a month`. */
export function daysInWords(rule: CronRule): string {
  const { monthDays, weekdays, months } = rule;
  const ofMonth = monthsInWords(months);
  const hasMonthDays = !isAll(monthDays.days, 1, 31);
  if (isAll(weekdays.every, 0, 6)) {
    return hasMonthDays
      ? `on the ${monthDaysInWords(monthDays)} of ${ofMonth}`
      : withinMonths("every day", months);
  }
  if (!hasMonthDays) return weekdaysInWords(weekdays, months);
  const days = `on the ${monthDaysInWords(monthDays)} of ${ofMonth}`;
  return rule.isEither
    ? `${days} and ${weekdaysInWords(weekdays, months)}`
    : `${days}, if it is also ${weekdaysInWords(weekdays, months)}`;
}

function withinMonths(days: string, months: readonly number[]): string {
  return isAll(months, 1, 12) ? days : `${days} in ${monthsInWords(months)}`;
}

function monthsInWords(months: readonly number[]): string {
  return isAll(months, 1, 12) ? "a month" : namesInWords(months, (month) => MONTHS[month - 1] ?? "");
}

function monthDaysInWords({ days, hasLast, isKept }: MonthDays): string {
  if (isKept) return keptDayInWords(days[0] ?? 31);
  const range = rangeOf(days);
  const told = range ? [`${ordinal(range[0])} to ${ordinal(range[1])}`] : days.map(ordinal);
  return inWords(hasLast ? [...told, "last day"] : told);
}

function keptDayInWords(day: number): string {
  if (day === 31) return "last day";
  return day > 28 ? `${ordinal(day)} (or last day)` : ordinal(day);
}

function weekdaysInWords({ every, within }: Weekdays, months: readonly number[]): string {
  const weekly = every.length === 0 ? [] : [withinMonths(weeklyInWords(every), months)];
  const monthly =
    within.length === 0 ? [] : [`on the ${inWords(within.map(nthInWords))} of ${monthsInWords(months)}`];
  return inWords([...weekly, ...monthly]);
}

function weeklyInWords(weekdays: readonly number[]): string {
  const names = namesInWords(weekdays, (day) => WEEKDAYS[day] ?? "");
  return rangeOf(weekdays) === undefined ? `every ${names}` : `on ${names}`;
}

function nthInWords({ weekday, nth }: WeekdayInMonth): string {
  return `${nth === "last" ? nth : NTH[nth]} ${WEEKDAYS[weekday]}`;
}

function namesInWords(numbers: readonly number[], name: (number: number) => string): string {
  const range = rangeOf(numbers);
  return range ? `${name(range[0])} to ${name(range[1])}` : inWords(numbers.map(name));
}
