import type { Cell, Unit } from "./figure.ts";
import { GROWTH } from "./growth.ts";
import { LATENCY } from "./latency-contenders.ts";
import { inWords } from "./queues.ts";
import { REST } from "./rest.ts";
import { THROUGHPUT } from "./throughput-contenders.ts";

/** A value that a figure is to reach. */
export interface Target {
  readonly what: string;
  readonly part: string;
  readonly row: string;
  readonly column: string;
  readonly bound: "at most" | "at least";
  readonly limit: number;
  readonly unit: Unit;
}

/** All values that the program is to reach. */
export const TARGETS: readonly Target[] = [
  {
    what: "start of a ready job, compared with task-spooler's",
    part: "latency",
    row: LATENCY.rename,
    column: LATENCY.ratio,
    bound: "at most",
    limit: 3,
    unit: "×",
  },
  {
    what: "jobs a second with 300, compared with task-spooler's",
    part: "throughput",
    row: THROUGHPUT.own,
    column: THROUGHPUT.ratio(300),
    bound: "at least",
    limit: 0.5,
    unit: "×",
  },
  {
    what: "cost of a job with 10,000, compared with 300",
    part: "throughput",
    row: THROUGHPUT.own,
    column: THROUGHPUT.cost(10_000, 300),
    bound: "at most",
    limit: 1.3,
    unit: "×",
  },
  {
    what: "processor time of the daemon at rest with 10,000 finished jobs",
    part: "rest",
    row: inWords({ finished: 10_000, waiting: 0 }),
    column: REST.daemonCpu,
    bound: "at most",
    limit: 0.05,
    unit: "s/min",
  },
  {
    what: "memory of the daemon with 100,000 finished jobs",
    part: "rest",
    row: inWords({ finished: 100_000, waiting: 0 }),
    column: REST.daemonRss,
    bound: "at most",
    limit: 90,
    unit: "MB",
  },
  {
    what: "processor time of the page at rest with 100,000 finished jobs",
    part: "rest",
    row: inWords({ finished: 100_000, waiting: 0 }),
    column: REST.pageCpu,
    bound: "at most",
    limit: 0.1,
    unit: "s/min",
  },
  {
    what: "pass in which nothing has changed with 10,000 waiting jobs, as the manager tells it",
    part: "growth",
    row: inWords({ finished: 0, waiting: 10_000 }),
    column: GROWTH.pass,
    bound: "at most",
    limit: 5,
    unit: "ms",
  },
  {
    what: "start-up with 100,000 finished jobs",
    part: "growth",
    row: inWords({ finished: 100_000, waiting: 0 }),
    column: GROWTH.startUp,
    bound: "at most",
    limit: 2000,
    unit: "ms",
  },
];

/** The figure that was measured of a target; undefined where there is none. */
export function reached({ row, column }: Target, cells: readonly Cell[]): number | undefined {
  const found = cells.find((cell) => cell.row === row && cell.column === column);
  return found === undefined || "missing" in found ? undefined : found.value;
}

/** True if the figure reaches the target. */
export function isMet({ bound, limit }: Target, value: number): boolean {
  return bound === "at most" ? value <= limit : value >= limit;
}
