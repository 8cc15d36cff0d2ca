import type { Tally } from "../../app/tally.ts";
import type { QueueStats } from "./queue-stats.ts";
import type { PeriodKind } from "./stats-query.ts";

type Cell = string | number | undefined;

const HEAD = [
  "by",
  "key",
  "jobs",
  "not_done",
  "processor_hours",
  "waited_median_seconds",
  "waited_90th_seconds",
];

/** The statistics as one table: all, then each owner, then each day or week in which a job ended (RFC 4180). */
export function statsCsv({ total, byOwner, byPeriod }: QueueStats, by: PeriodKind): string {
  const rows = [
    HEAD,
    rowOf("all", "", total),
    ...byOwner.map(([owner, tally]) => rowOf("owner", owner, tally)),
    ...byPeriod.filter(([, { jobs }]) => jobs > 0).map(([start, tally]) => rowOf(by, start, tally)),
  ];
  return rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

function rowOf(by: string, key: string, tally: Tally): Cell[] {
  const { jobs, failures, processorHours, waitedMedianSeconds, waited90thSeconds } = tally;
  return [by, key, jobs, failures, processorHours, waitedMedianSeconds, waited90thSeconds];
}

// A spreadsheet takes a text that begins so for a formula, which a stranger's name must not become.
function cellText(cell: Cell): string {
  if (typeof cell !== "string") return cell === undefined ? "" : String(cell);
  const harmless = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
