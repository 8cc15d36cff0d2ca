import type { Tally } from "../../app/tally.ts";
import { formatKnownDuration } from "../../text/duration.ts";

/** A figure of a tally, as every table has it. */
interface Figure {
  readonly key: keyof Tally;
  /** Its name in the table for programs. */
  readonly name: string;
  readonly head: string;
  readonly text: (value: number | undefined) => string;
}

/** The figures of a tally: the columns of every table, and what the plots draw. */
export const FIGURES: readonly Figure[] = [
  { key: "jobs", name: "jobs", head: "Jobs", text: countText },
  { key: "failures", name: "not_done", head: "Not done", text: countText },
  { key: "processorHours", name: "processor_hours", head: "Processor hours", text: hoursText },
  {
    key: "waitedMedianSeconds",
    name: "waited_median_seconds",
    head: "Half waited less than",
    text: timeText,
  },
  { key: "waited90thSeconds", name: "waited_90th_seconds", head: "Nine in ten", text: timeText },
];

/** A whole number with its thousands apart: `12,345`. */
export function countText(count = 0): string {
  return Math.round(count).toLocaleString("en");
}

/** Processor hours as a sentence or a table tells them. */
export function hoursText(hours = 0): string {
  if (hours > 0 && hours < 0.005) return "less than 0.01";
  const digits = hours >= 100 ? 0 : hours >= 10 ? 1 : 2;
  return hours.toLocaleString("en", { maximumFractionDigits: digits });
}

function timeText(seconds: number | undefined): string {
  return formatKnownDuration(seconds) ?? "";
}
