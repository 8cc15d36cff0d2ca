import { ok, type Parsed, wrong } from "../../text/parsed.ts";
import { HOUR, MINUTE, MONTH, MONTH_DAY, readCronField, WEEKDAY, wrongPart } from "./cron-field.ts";
import { type CronRule, everComes, type MonthDays, type WeekdayInMonth, type Weekdays } from "./cron-rule.ts";

/** The names of cron for usual times. */
const NICKNAMES: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

const FIELDS_RIGHT =
  "should have five: minute, hour, day of month, month and weekday, such as 30 2 * * MON-FRI";

/** A line of cron: five fields, or a name such as `@daily`. */
export function readCron(text: string): Parsed<CronRule> {
  const nickname = text.startsWith("@") ? NICKNAMES[text.toLowerCase()] : text;
  if (nickname === undefined) return wrongNickname(text);
  const fields = nickname.split(/\s+/);
  const [minute, hour, monthDay, month, weekday] = fields;
  if (weekday === undefined || fields.length > 5 || !minute || !hour || !monthDay || !month) {
    return wrong(FIELDS_RIGHT, `has ${fields.length} ${fields.length === 1 ? "field" : "fields"}`);
  }
  return readFields(minute, hour, monthDay, month, weekday);
}

function readFields(
  minute: string,
  hour: string,
  monthDay: string,
  month: string,
  weekday: string,
): Parsed<CronRule> {
  const minutes = readCronField(minute, MINUTE);
  const hours = readCronField(hour, HOUR);
  const monthDays = readMonthDays(monthDay);
  const months = readCronField(month, MONTH);
  const weekdays = readWeekdays(weekday);
  if (minutes.kind === "wrong") return minutes;
  if (hours.kind === "wrong") return hours;
  if (monthDays.kind === "wrong") return monthDays;
  if (months.kind === "wrong") return months;
  if (weekdays.kind === "wrong") return weekdays;
  return thatComes({
    kind: "cron",
    minutes: minutes.value,
    hours: hours.value,
    monthDays: monthDays.value,
    months: months.value,
    weekdays: weekdays.value,
    isEither: !monthDay.startsWith("*") && !weekday.startsWith("*"),
    isFrequent: minute.startsWith("*") || hour.startsWith("*"),
  });
}

function thatComes(rule: CronRule): Parsed<CronRule> {
  if (everComes(rule)) return ok(rule);
  return wrong("should be one that comes, such as 0 3 L 2 * for the last of February", "never comes");
}

function readMonthDays(text: string): Parsed<MonthDays> {
  const parts = text.split(",");
  const numbers = parts.filter((part) => part.toUpperCase() !== "L");
  const hasLast = numbers.length < parts.length;
  const days = numbers.length === 0 ? ok([]) : readCronField(numbers.join(","), MONTH_DAY);
  return days.kind === "wrong" ? days : ok({ days: days.value, hasLast, isKept: false });
}

/** Weekdays of a week and, as `MON#1` or `FRI#L`, of a month. */
export function readWeekdays(text: string): Parsed<Weekdays> {
  const every = new Set<number>();
  const within: WeekdayInMonth[] = [];
  for (const part of text.split(",")) {
    const [, name = "", nth] = /^([^#]*?)(?:#([1-5]|L)|L)?$/i.exec(part) ?? [];
    const isWithin = name !== part && name !== "";
    const read = readCronField(isWithin ? name : part, WEEKDAY);
    if (read.kind === "wrong") return isWithin ? wrongPart(part, WEEKDAY) : read;
    if (isWithin && read.value.length > 1) return wrongPart(part, WEEKDAY);
    const days = read.value.map((day) => day % 7);
    if (isWithin) for (const weekday of days) within.push({ weekday, nth: Number(nth) || "last" });
    else for (const weekday of days) every.add(weekday);
  }
  return ok({ every: [...every].toSorted((one, other) => one - other), within });
}

function wrongNickname(text: string): Parsed<never> {
  if (text.toLowerCase() === "@reboot") {
    return wrong(
      "should be a time, such as @daily: a queue is not started with its machine; the machine's own cron can copy a job's folder in then",
      "is @reboot",
    );
  }
  return wrong(`should be one of ${Object.keys(NICKNAMES).join(", ")}`);
}
