import type { Drained } from "./drain-own.ts";
import { type Cell, median, spread } from "./figure.ts";
import { NOT_INSTALLED } from "./machine.ts";
import { type Contender, THROUGHPUT } from "./throughput-contenders.ts";

/** Result of one contender in one round. */
export interface Result {
  readonly row: string;
  /** Number of jobs submitted. */
  readonly jobs: number;
  readonly drained: Drained;
}

/** The table of all rounds: of each contender the jobs a second with few and with many, and how these compare. */
export function throughputCells(
  all: readonly Contender[],
  results: readonly Result[],
  [few, many]: readonly [number, number],
): Cell[] {
  return all.flatMap((contender) => [
    rateCell(contender, results, few),
    ...ratioCells(contender.row, results, few),
    rateCell(contender, results, many),
    ...ratioCells(contender.row, results, many),
    ...costCells(contender.row, results, [few, many]),
  ]);
}

function rateCell({ row, drain, whyNotMany }: Contender, results: readonly Result[], jobs: number): Cell {
  const column = THROUGHPUT.rate(jobs);
  if (drain === undefined) return { row, column, missing: NOT_INSTALLED };
  const rates = ratesOf(row, results, jobs);
  if (rates.length === 0) return { row, column, missing: whyNotMany ?? "not measured" };
  const stopped = results.find((one) => one.row === row && one.jobs === jobs && one.drained.jobs < jobs);
  const cell = spread([row, column], "jobs/s", rates);
  if (stopped === undefined) return cell;
  const { drained } = stopped;
  return { ...cell, note: `stopped after ${drained.seconds.toFixed(0)} s with ${drained.jobs} done` };
}

/** Round by round: who comes next to each other meets the same machine. */
function ratioCells(row: string, results: readonly Result[], jobs: number): Cell[] {
  const peer = ratesOf(THROUGHPUT.taskSpooler, results, jobs);
  const ratios = ratesOf(row, results, jobs).map((rate, round) => rate / (peer[round] ?? Number.NaN));
  return ratios.some((ratio) => Number.isFinite(ratio))
    ? [spread([row, THROUGHPUT.ratio(jobs)], "×", ratios)]
    : [];
}

function costCells(row: string, results: readonly Result[], [few, many]: readonly [number, number]): Cell[] {
  const withMany = median(ratesOf(row, results, many));
  const ratios = ratesOf(row, results, few).map((rate) => rate / withMany);
  return Number.isFinite(withMany) ? [spread([row, THROUGHPUT.cost(many, few)], "×", ratios)] : [];
}

function ratesOf(row: string, results: readonly Result[], jobs: number): number[] {
  return results
    .filter((one) => one.row === row && one.jobs === jobs)
    .map(({ drained }) => drained.jobs / drained.seconds);
}
