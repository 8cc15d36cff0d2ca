import type { Tally } from "../../app/tally.ts";
import { formatDuration, formatKnownDuration } from "../../text/duration.ts";
import type { PeriodKind } from "../stats/stats-query.ts";
import {
  amountAxis,
  type ColumnChart,
  columnChart,
  countAxis,
  countText,
  hoursText,
  shortAmount,
  shortTime,
  tickAmount,
  tickTime,
  timeAxis,
} from "./column-chart.ts";

type Named = readonly (readonly [start: string, tally: Tally])[];

/** What a kind of mark in a plot means. */
interface Legend {
  readonly mark: "plain" | "hatched" | "line";
  readonly text: string;
}

/** One plot over time with the table behind it. */
export interface PeriodPlot {
  readonly chart: ColumnChart;
  readonly legend: readonly Legend[];
  readonly heads: readonly string[];
  /** Newest first; of days and weeks in which a job ended. */
  readonly rows: readonly (readonly string[])[];
}

/** Jobs, processor hours and waiting over time. */
export function periodPlots(periods: Named, by: PeriodKind): PeriodPlot[] {
  return [jobsPlot(periods, by), hoursPlot(periods, by), waitingPlot(periods, by)];
}

function jobsPlot(periods: Named, by: PeriodKind): PeriodPlot {
  const columns = periods.map(([start, { jobs, failures }]) => ({
    start,
    value: jobs,
    hatched: failures,
    tip: `${nameOf(start, by)}: ${countText(jobs)} ended, ${countText(failures)} not done`,
  }));
  return {
    chart: columnChart({
      id: "jobs",
      title: `Jobs that ended, by ${by}`,
      description: described(columns, by, (value) => `${countText(value)} jobs`),
      columns,
      axis: countAxis(maxOf(columns)),
      tickText: tickAmount,
      labelText: shortAmount,
    }),
    legend: [
      { mark: "plain", text: "done" },
      { mark: "hatched", text: "not done: failed, killed, timed out, lost or not run" },
    ],
    ...table(periods, by, ["Ended", "Not done"], ({ jobs, failures }) => [
      countText(jobs),
      countText(failures),
    ]),
  };
}

function hoursPlot(periods: Named, by: PeriodKind): PeriodPlot {
  const columns = periods.map(([start, { processorHours }]) => ({
    start,
    value: processorHours,
    tip: `${nameOf(start, by)}: ${hoursText(processorHours)} processor hours`,
  }));
  return {
    chart: columnChart({
      id: "hours",
      title: `Processor hours, by ${by}`,
      description: described(columns, by, (value) => `${hoursText(value)} processor hours`),
      columns,
      axis: amountAxis(maxOf(columns)),
      tickText: tickAmount,
      labelText: shortAmount,
    }),
    legend: [],
    ...table(periods, by, ["Processor hours"], ({ processorHours }) => [hoursText(processorHours)]),
  };
}

function waitingPlot(periods: Named, by: PeriodKind): PeriodPlot {
  const columns = periods.map(
    ([start, { waitedMedianSeconds: value = 0, waited90thSeconds: reach = 0 }]) => ({
      start,
      value,
      reach,
      tip: `${nameOf(start, by)}: half waited less than ${formatDuration(value)}, nine in ten less than ${formatDuration(reach)}`,
    }),
  );
  return {
    chart: columnChart({
      id: "waiting",
      title: `Waiting, by ${by}`,
      description: described(columns, by, (value) => `a median of ${formatDuration(value)}`),
      columns,
      axis: timeAxis(Math.max(...columns.map(({ value, reach }) => Math.max(value, reach)), 0)),
      tickText: tickTime,
      labelText: shortTime,
    }),
    legend: [
      { mark: "plain", text: "half of the jobs waited less" },
      { mark: "line", text: "nine in ten waited less" },
    ],
    ...table(
      periods,
      by,
      ["Half waited less than", "Nine in ten"],
      ({ waitedMedianSeconds, waited90thSeconds }) =>
        [waitedMedianSeconds, waited90thSeconds].map((seconds) => formatKnownDuration(seconds) ?? ""),
    ),
  };
}

function table(
  periods: Named,
  by: PeriodKind,
  heads: readonly string[],
  cellsOf: (tally: Tally) => string[],
) {
  return {
    heads: [by === "day" ? "Day" : "Week of", ...heads],
    rows: periods
      .filter(([, { jobs }]) => jobs > 0)
      .map(([start, tally]) => [start, ...cellsOf(tally)])
      .reverse(),
  };
}

// The plot in words, for a person who does not see it.
function described(
  columns: readonly { readonly start: string; readonly value: number }[],
  by: PeriodKind,
  words: (value: number) => string,
): string {
  const most = maxOf(columns);
  const highest = columns.find(({ value }) => value === most);
  const span = `One column for each ${by} from ${columns[0]?.start ?? ""} to ${columns.at(-1)?.start ?? ""}.`;
  if (highest === undefined || most === 0) return span;
  return `${span} The highest is ${words(most)}, ${nameOf(highest.start, by)}.`;
}

function nameOf(start: string, by: PeriodKind): string {
  return by === "day" ? start : `week of ${start}`;
}

function maxOf(columns: readonly { readonly value: number }[]): number {
  return Math.max(...columns.map(({ value }) => value), 0);
}
