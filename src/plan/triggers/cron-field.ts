import { ok, type Parsed, wrong } from "../../text/parsed.ts";
import { indexOfName, MONTHS, WEEKDAYS } from "./wall.ts";

/** One of the five fields of a line of cron. */
export interface CronField {
  /** Its name for people. */
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names that stand for numbers, the first for `firstNamed`. */
  readonly names?: readonly string[];
  readonly firstNamed?: number;
  /** Right texts for it. */
  readonly right: string;
}

export const MINUTE: CronField = {
  name: "minute",
  least: 0,
  most: 59,
  right: "0 to 59, such as 30, 0,30, 0-20 or */5",
};

export const HOUR: CronField = {
  name: "hour",
  least: 0,
  most: 23,
  right: "0 to 23, such as 2, 6,18, 8-17 or */2",
};

export const MONTH_DAY: CronField = {
  name: "day of month",
  least: 1,
  most: 31,
  right: "1 to 31 or L, such as 1, 1,15, 1-7 or L for the last day",
};

export const MONTH: CronField = {
  name: "month",
  least: 1,
  most: 12,
  names: MONTHS,
  firstNamed: 1,
  right: "1 to 12 or JAN to DEC, such as 1, JAN,JUL or 3-10",
};

/** Sunday is 0 and 7, so that a range can end with it. */
export const WEEKDAY: CronField = {
  name: "weekday",
  least: 0,
  most: 7,
  names: WEEKDAYS,
  firstNamed: 0,
  right:
    "0 to 7 or SUN to SAT, such as MON, MON-FRI, MON#1 for the first Monday or FRI#L for the last Friday",
};

/** The numbers that a field's text stands for, in order: `*`, numbers, names, ranges, steps, and lists of these. */
export function readCronField(text: string, field: CronField): Parsed<readonly number[]> {
  const numbers = new Set<number>();
  for (const part of text.split(",")) {
    const read = readPart(part, field);
    if (read.kind === "wrong") return read;
    for (const number of read.value) numbers.add(number);
  }
  return ok([...numbers].toSorted((one, other) => one - other));
}

/** A field's fault: the part that is wrong, and right ones. */
export function wrongPart(part: string, field: CronField, hint?: string): Parsed<never> {
  const right = hint ?? `should be ${field.right}`;
  return wrong(right, part === "" ? `has an empty ${field.name}` : `has "${part}" as ${field.name}`);
}

function readPart(part: string, field: CronField): Parsed<readonly number[]> {
  const [, range = "", step] = /^([^/]*)(?:\/(\d+))?$/.exec(part) ?? [];
  const isRange = range === "*" || range.includes("-");
  const ends = rangeOf(range, field);
  if (ends === undefined || (step !== undefined && !isRange)) return wrongPart(part, field);
  const [from, to] = ends;
  if (from > to) return wrongPart(part, field, `should be ${backwards(range, field)}: a range goes upwards`);
  const by = Number(step ?? 1);
  if (by < 1 || by > field.most) return wrongStep(part, field, by);
  return ok(Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by));
}

function rangeOf(range: string, field: CronField): readonly [number, number] | undefined {
  if (range === "*") return [field.least, field === WEEKDAY ? 6 : field.most];
  const [first = "", last = first, ...rest] = range.split("-");
  const [from, to] = [numberOf(first, field), numberOf(last, field)];
  if (from === undefined || to === undefined || rest.length > 0) return undefined;
  return field === WEEKDAY && to === 0 && from > 0 ? [from, 7] : [from, to];
}

function numberOf(text: string, field: CronField): number | undefined {
  const named = indexOfName(text, field.names ?? []);
  if (named !== undefined) return named + (field.firstNamed ?? 0);
  const number = /^\d{1,2}$/.test(text) ? Number(text) : -1;
  return number >= field.least && number <= field.most ? number : undefined;
}

/** The two upward ranges that a backward one probably means. */
function backwards(range: string, field: CronField): string {
  const [first, last] = range.split("-");
  const end = field === WEEKDAY ? "SAT" : String(field.most);
  const begin = field === WEEKDAY ? "SUN" : String(field.least);
  return `${first}-${end},${begin}-${last}`;
}

function wrongStep(part: string, field: CronField, by: number): Parsed<never> {
  const unit = field === MINUTE ? "min" : field === HOUR ? "h" : undefined;
  const hint = `should be a step from 1 to ${field.most}`;
  return wrongPart(part, field, unit && by > 0 ? `${hint}; or write every ${by} ${unit}` : hint);
}
