import type { Tally } from "../../app/tally.ts";
import { formatKnownDuration } from "../../text/duration.ts";
import { escapeControls } from "../../text/escape.ts";
import { counted } from "../../text/quantity.ts";
import { countText, hoursText } from "./column-chart.ts";

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

/** What one owner's bar stands for. */
interface OwnerBar {
  readonly owner: string;
  readonly value: number;
  /** The part of it, from its beginning, that is hatched. */
  readonly hatched?: number;
  /** The value in words, beside the bar. */
  readonly text: string;
}

/** A chart of bars, one below the other, as its template draws it, in the units of its view box. */
interface OwnerChart {
  /** Part of the ids. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly bars: readonly {
    readonly owner: string;
    readonly tip: string;
    readonly nameY: number;
    readonly y: number;
    readonly height: number;
    readonly width: number;
    readonly hatchedWidth: number;
    readonly textX: number;
    readonly textY: number;
    readonly text: string;
  }[];
}

const WIDTH = 360;
const ROW_HEIGHT = 44;
const BAR_HEIGHT = 14;
/** What is left of the width is for the value. */
const MAX_BAR_WIDTH = 190;
const MAX_NAME = 44;

/** Draws one bar for each owner. */
function ownerChart(
  { id, title, description }: Pick<OwnerChart, "id" | "title" | "description">,
  bars: readonly OwnerBar[],
): OwnerChart {
  const max = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  return {
    id,
    title,
    description,
    width: WIDTH,
    height: bars.length * ROW_HEIGHT,
    bars: bars.map((bar, at) => drawBar(bar, at * ROW_HEIGHT, max)),
  };
}

function drawBar({ owner, value, hatched = 0, text }: OwnerBar, top: number, max: number) {
  const hatchedWidth = widthOf(hatched, max);
  const width = widthOf(value, max);
  return {
    owner: owner.length > MAX_NAME ? `${owner.slice(0, MAX_NAME - 1)}…` : owner,
    tip: `${owner}: ${text}`,
    nameY: top + 14,
    y: top + 20,
    height: BAR_HEIGHT,
    width,
    hatchedWidth,
    textX: width + 8,
    textY: top + 20 + BAR_HEIGHT - 2.5,
    text,
  };
}

// What there is shows, however little it is.
function widthOf(value: number, max: number): number {
  return value > 0 ? Math.max(1, Math.round((value / max) * MAX_BAR_WIDTH * 10) / 10) : 0;
}
