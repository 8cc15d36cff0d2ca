import type { Tally } from "../../app/tally.ts";
import { formatKnownDuration } from "../../text/duration.ts";
import { escapeControls } from "../../text/escape.ts";
import { counted } from "../../text/quantity.ts";
import { countText, hoursText } from "./amounts.ts";
import { type OwnerBar, type OwnerChart, ownerChart } from "./owner-chart.ts";

type Named = readonly (readonly [owner: string, tally: Tally])[];

/** The plots by owner with the table behind them. */
export interface OwnerCharts {
  readonly charts: readonly OwnerChart[];
  /** That not all owners are drawn; empty where they are. */
  readonly moreText: string;
  readonly heads: readonly string[];
  /** Those who used most first. */
  readonly rows: readonly (readonly string[])[];
}

/** So many owners are drawn; the table has more. */
const MAX_DRAWN = 12;
const MAX_ROWS = 1000;

/** Jobs, processor hours and waiting by owner, those who used most processor hours first. */
export function ownerCharts(byOwner: Named): OwnerCharts {
  const ranked = byOwner
    .map(([owner, tally]) => [escapeControls(owner), tally] as const)
    .sort(([, a], [, b]) => b.processorHours - a.processorHours || b.jobs - a.jobs);
  const drawn = ranked.slice(0, MAX_DRAWN);
  const more = ranked.length - drawn.length;
  return {
    charts: [hoursChart(drawn), jobsChart(drawn), waitingChart(drawn)],
    moreText: more > 0 ? `${counted(more, "other owner")} used less; the table has them.` : "",
    heads: ["Owner", "Jobs", "Not done", "Processor hours", "Half waited less than", "Nine in ten"],
    rows: ranked.slice(0, MAX_ROWS).map(([owner, tally]) => [owner, ...cellsOf(tally)]),
  };
}

function hoursChart(owners: Named): OwnerChart {
  return chartOf(
    "owner-hours",
    "Processor hours",
    owners.map(([owner, { processorHours }]) => ({
      owner,
      value: processorHours,
      text: hoursText(processorHours),
    })),
  );
}

function jobsChart(owners: Named): OwnerChart {
  return chartOf(
    "owner-jobs",
    "Jobs, and how many were not done",
    owners.map(([owner, { jobs, failures }]) => ({
      owner,
      value: jobs,
      hatched: failures,
      text: failures === 0 ? countText(jobs) : `${countText(jobs)}, ${countText(failures)} not done`,
    })),
  );
}

function waitingChart(owners: Named): OwnerChart {
  return chartOf(
    "owner-waiting",
    "Half of their jobs waited less than",
    owners.map(([owner, { waitedMedianSeconds }]) => ({
      owner,
      value: waitedMedianSeconds ?? 0,
      text: formatKnownDuration(waitedMedianSeconds) ?? "not known",
    })),
  );
}

function chartOf(id: string, title: string, bars: readonly OwnerBar[]): OwnerChart {
  const most = bars.reduce<OwnerBar | undefined>(
    (best, bar) => (best === undefined || bar.value > best.value ? bar : best),
    undefined,
  );
  const description = `One bar for each owner. The longest is that of ${most?.owner ?? ""}: ${most?.text ?? ""}.`;
  return ownerChart({ id, title, description }, bars);
}

function cellsOf({
  jobs,
  failures,
  processorHours,
  waitedMedianSeconds,
  waited90thSeconds,
}: Tally): string[] {
  return [
    countText(jobs),
    countText(failures),
    hoursText(processorHours),
    formatKnownDuration(waitedMedianSeconds) ?? "",
    formatKnownDuration(waited90thSeconds) ?? "",
  ];
}
