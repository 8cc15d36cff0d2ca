import type { NamedTally, Tally } from "../../app/tally.ts";
import { formatDuration } from "../../text/duration.ts";
import { countText, FIGURES, hoursText } from "../stats/figures.ts";
import type { PeriodKind } from "../stats/stats-query.ts";
import { AMOUNTS, COUNTS, type ColumnChartPlan, columnChart, TIMES } from "./column-chart.ts";

/** The meaning of a kind of mark in a plot. */
interface Legend {
  readonly mark: "plain" | "hatched" | "line";
  readonly text: string;
}

/** The plan of a plot over time. */
interface PlotPlan extends Pick<ColumnChartPlan, "id" | "title" | "tickText" | "labelText"> {
  /** The height of a column. */
  readonly value: keyof Tally;
  /** The hatched part of a column, or how far a line goes on above it. */
  readonly hatched?: keyof Tally;
  readonly reach?: keyof Tally;
  readonly axisOf: (max: number) => ColumnChartPlan["axis"];
  /** The height of the highest column in words. */
  readonly words: (value: number) => string;
  /** A period in words. */
  readonly tip: (tally: Tally) => string;
  readonly legend: readonly Legend[];
}

const PLOTS: readonly PlotPlan[] = [
  {
    id: "jobs",
    title: "Jobs that ended",
    value: "jobs",
    hatched: "failures",
    ...COUNTS,
    words: (jobs) => `${countText(jobs)} jobs`,
    tip: ({ jobs, failures }) => `${countText(jobs)} ended, ${countText(failures)} not done`,
    legend: [
      { mark: "plain", text: "done" },
      { mark: "hatched", text: "not done: failed, killed, timed out, lost or not run" },
    ],
  },
  {
    id: "hours",
    title: "Processor hours",
    value: "processorHours",
    ...AMOUNTS,
    words: (hours) => `${hoursText(hours)} processor hours`,
    tip: ({ processorHours }) => `${hoursText(processorHours)} processor hours`,
    legend: [],
  },
  {
    id: "waiting",
    title: "Waiting",
    value: "waitedMedianSeconds",
    reach: "waited90thSeconds",
    ...TIMES,
    words: (seconds) => `a median of ${formatDuration(seconds)}`,
    tip: ({ waitedMedianSeconds: half = 0, waited90thSeconds: most = 0 }) =>
      `half waited less than ${formatDuration(half)}, nine in ten less than ${formatDuration(most)}`,
    legend: [
      { mark: "plain", text: "half of the jobs waited less" },
      { mark: "line", text: "nine in ten waited less" },
    ],
  },
];

/** Jobs, processor hours and waiting over time. */
export function periodPlots(periods: readonly NamedTally[], by: PeriodKind) {
  return PLOTS.map((plan) => ({
    chart: chartOf(plan, periods, by),
    legend: plan.legend,
    ...tableOf(plan, periods, by),
  }));
}

function chartOf(plan: PlotPlan, periods: readonly NamedTally[], by: PeriodKind) {
  const { value, hatched, reach } = plan;
  const columns = periods.map(([start, tally]) => ({
    start,
    value: tally[value] ?? 0,
    hatched: hatched === undefined ? 0 : (tally[hatched] ?? 0),
    reach: reach === undefined ? 0 : (tally[reach] ?? 0),
    tip: `${nameOf(start, by)}: ${plan.tip(tally)}`,
  }));
  return columnChart({
    ...plan,
    title: `${plan.title}, by ${by}`,
    description: described(columns, by, plan.words),
    columns,
    axis: plan.axisOf(maxOf(columns.flatMap((column) => [column.value, column.reach]))),
  });
}

function tableOf({ value, hatched, reach }: PlotPlan, periods: readonly NamedTally[], by: PeriodKind) {
  const figures = FIGURES.filter(({ key }) => [value, hatched, reach].includes(key));
  const heads = figures.map(({ key, head }) => (key === "jobs" ? "Ended" : head));
  return {
    heads: [by === "day" ? "Day" : "Week of", ...heads],
    rows: periods
      .filter(([, { jobs }]) => jobs > 0)
      .map(([start, tally]) => [start, ...figures.map(({ key, text }) => text(tally[key]))])
      .reverse(),
  };
}

// The plot in words, for a person who does not see it.
function described(
  columns: readonly { readonly start: string; readonly value: number }[],
  by: PeriodKind,
  words: (value: number) => string,
): string {
  const most = maxOf(columns.map(({ value }) => value));
  const highest = columns.find(({ value }) => value === most);
  const span = `One column for each ${by} from ${columns[0]?.start ?? ""} to ${columns.at(-1)?.start ?? ""}.`;
  if (highest === undefined || most === 0) return span;
  return `${span} The highest is ${words(most)}, ${nameOf(highest.start, by)}.`;
}

function nameOf(start: string, by: PeriodKind): string {
  return by === "day" ? start : `week of ${start}`;
}

function maxOf(values: readonly number[]): number {
  return Math.max(...values, 0);
}
