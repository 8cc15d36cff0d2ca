import { ok, type Parsed, wrong } from "../../text/parsed.ts";
import type { CronRule } from "./cron-rule.ts";
import { readCron } from "./read-cron.ts";
import { type IntervalRule, type OnceRule, readAt, readEvery } from "./read-every.ts";

/** One of the parts of a schedule. */
export type ScheduleRule = CronRule | IntervalRule | OnceRule;

/** The times of a recurring job: those of each of its parts. */
export type Schedule = readonly ScheduleRule[];

const RIGHT =
  "should be such as 30 2 * * MON-FRI, @daily, every 20 min, every day at 06:00, every month on 1 at 03:00 or at 2026-12-24 18:00";

/**
 * The value of `schedule`: cron's five fields or names, `every …` or `at …`, several of these separated by `|`. Its fault names the
 * part that is wrong.
 */
export function readSchedule(text: string): Parsed<Schedule> {
  const rules: ScheduleRule[] = [];
  for (const part of text.split("|").map((each) => each.trim())) {
    const read = readRule(part);
    if (read.kind === "wrong") return read;
    rules.push(read.value);
  }
  return ok(rules);
}

function readRule(text: string): Parsed<ScheduleRule> {
  if (text === "") return wrong(RIGHT, "has an empty part");
  const [, first = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  const word = first.toLowerCase();
  if (word === "every") return readEvery(rest);
  if (word === "at") return readAt(rest);
  return /^[\d*@]/.test(text) ? readCron(text) : wrong(RIGHT, `has "${text}"`);
}
