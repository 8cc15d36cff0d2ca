import type { CronRule } from "./cron-rule.ts";
import { daysInWords, isEveryDay } from "./day-words.ts";
import { inWords, isAll, rangeOf, stepOf, twoDigits } from "./number-words.ts";
import type { IntervalRule } from "./read-every.ts";
import type { Schedule, ScheduleRule } from "./schedule.ts";
import { clockText, dayText } from "./wall.ts";

/** As many times of a day are told one by one. */
const MOST_TIMES = 6;

/** A schedule in plain words: `every day at 06:00`, `every 20 minutes`, `on the first Monday of a month at 03:00`. */
export function scheduleInWords(schedule: Schedule): string {
  return schedule.map(ruleInWords).join(", and ");
}

function ruleInWords(rule: ScheduleRule): string {
  if (rule.kind === "interval") return intervalInWords(rule);
  if (rule.kind === "once") return `once, on ${dayText(rule.wall)} at ${clockText(rule.wall)}`;
  const times = timesOfDay(rule);
  if (times !== undefined) return `${daysInWords(rule)} at ${inWords(times)}`;
  const often = frequencyInWords(rule);
  return isEveryDay(rule) ? often : `${often}, ${daysInWords(rule)}`;
}

function intervalInWords({ everyMs }: IntervalRule): string {
  const minutes = everyMs / 60_000;
  const count = minutes % 60 === 0 ? counted(minutes / 60, "hour") : counted(minutes, "minute");
  return `every ${count}, counted from when the job was first seen`;
}

/** The times of a day where they are few and told best by themselves. */
function timesOfDay({ hours, minutes, isFrequent }: CronRule): readonly string[] | undefined {
  const isGrid = isFrequent && stepOf(hours, 0, 23) !== undefined;
  if (isGrid || hours.length * minutes.length > MOST_TIMES) return undefined;
  return hours.flatMap((hour) => minutes.map((minute) => `${twoDigits(hour)}:${twoDigits(minute)}`));
}

function frequencyInWords({ minutes, hours }: CronRule): string {
  const minuteStep = stepOf(minutes, 0, 59);
  if (minuteStep !== undefined) return `every ${counted(minuteStep, "minute")}${withinHours(hours)}`;
  const atMinute = minutes.length === 1 && minutes[0] === 0 ? "" : ` at minute ${inWords(minutes)}`;
  const hourStep = stepOf(hours, 0, 23);
  if (hourStep !== undefined) return `every ${counted(hourStep, "hour")}${atMinute}`;
  return `every hour${atMinute}${withinHours(hours)}`;
}

function withinHours(hours: readonly number[]): string {
  if (isAll(hours, 0, 23)) return "";
  const step = stepOf(hours, 0, 23);
  if (step !== undefined) return ` of every ${ordinalHour(step)} hour`;
  const range = rangeOf(hours);
  if (range !== undefined) return ` from ${twoDigits(range[0])}:00 to ${twoDigits(range[1])}:59`;
  return ` in the ${hours.length === 1 ? "hour" : "hours"} ${inWords(hours)}`;
}

function ordinalHour(step: number): string {
  return step === 2 ? "second" : step === 3 ? "third" : `${step}th`;
}

function counted(count: number, unit: string): string {
  return count === 1 ? unit : `${count} ${unit}s`;
}
