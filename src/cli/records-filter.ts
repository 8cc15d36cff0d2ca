import type { Command } from "commander";
import { type JobRecord, OUTCOMES } from "../job/record.ts";
import { parseDuration } from "../text/duration.ts";
import { QmError } from "../text/errors.ts";

/** Options that choose among ended jobs. */
export interface RecordsOptions {
  readonly owner?: string;
  readonly group?: string;
  readonly outcome?: string;
  readonly since?: string;
}

/** Adds the options to a verb. */
export function addRecordsOptions(command: Command): Command {
  return command
    .option("--owner <address>", "only jobs of this owner")
    .option("--group <word>", "only jobs of this group")
    .option("--outcome <outcome>", `only jobs that ended so: ${OUTCOMES.join(", ")}; several with commas`)
    .option("--since <time>", "only jobs that ended since a date (2026-11-22) or within a time (24h, 7d)");
}

/** The filter that the options amount to. Throws `usage` for what makes no sense. */
export function recordsFilter({
  owner,
  group,
  outcome,
  since,
}: RecordsOptions): (record: JobRecord) => boolean {
  const outcomes = outcome === undefined ? undefined : parseOutcomes(outcome);
  const sinceMs = since === undefined ? Number.NEGATIVE_INFINITY : parseSince(since);
  return (record) =>
    (owner === undefined || record.owner.toLowerCase() === owner.toLowerCase()) &&
    (group === undefined || record.group === group) &&
    (outcomes === undefined || outcomes.some((known) => known === record.state)) &&
    (since === undefined || Date.parse(record.finishedAt ?? "") >= sinceMs);
}

function parseOutcomes(text: string): readonly string[] {
  const words = text.split(",").map((word) => word.trim().toLowerCase().replace("-", "_"));
  const unknown = words.find((word) => !OUTCOMES.some((known) => known === word));
  if (unknown === undefined) return words;
  throw new QmError("usage", `--outcome is "${unknown}"; it should be one of ${OUTCOMES.join(", ")}`);
}

// A date without a time, as a month, begins at this machine's midnight, not at UTC's.
function parseSince(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && !/^\d+$/.test(text)) return Date.now() - seconds * 1000;
  const date = /^\d{4}-\d{2}$/.test(text) ? `${text}-01` : text;
  const ms = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(date) ? `${date}T00:00` : date);
  if (/^\d{4}-/.test(text) && !Number.isNaN(ms) && isInCalendar(date)) return ms;
  throw new QmError(
    "usage",
    `--since is "${text}"; it should be a date as 2026-11-22, or a time as 24h or 7d`,
  );
}

// For `Date` the 30th of February is the 2nd of March.
function isInCalendar(date: string): boolean {
  const day = /^\d{4}-\d{2}-(\d{2})/.exec(date);
  return day === null || new Date(`${day[0]}T00:00Z`).getUTCDate() === Number(day[1]);
}

/** Reads the value of an option that says how many. Throws `usage` for what is no whole number from 1 up. */
export function countOption(name: string): (text: string) => number {
  return (text) => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (count > 0) return count;
    throw new QmError("usage", `${name} is "${text}"; it should be a whole number from 1 up`);
  };
}
