import { listedFew } from "../text/quantity.ts";
import { type Demand, isNamed, type Lack, lacksOf, type Worker } from "./worker.ts";

/**
 * The reason why a job can be started on none of the workers, however long it waits for processors, in plain words: what each of them
 * lacks, or why none of those that fit is given jobs. `processors` are what it wants, lowered to the most that a fitting worker has.
 */
export function describeNowhere(
  demand: Demand | undefined,
  processors: number,
  workers: readonly Worker[],
): string {
  if (workers.length === 0) return "no worker is there: Local_Worker is False, and `qm worker` runs nowhere";
  const names = demand?.workers ?? [];
  const named = workers.filter((worker) => isNamed(demand, worker));
  if (names.length > 0 && named.length === 0) return describeUnknown(names, workers);
  const lacking = named.map((worker) => ({
    worker,
    lacks: demand === undefined ? [] : lacksOf(demand, worker),
  }));
  const fitting = lacking.filter(({ lacks }) => lacks.length === 0);
  if (fitting.length > 0) return joined(fitting.map(({ worker }) => describeClosed(worker, processors)));
  const others = names.length > 0 ? [] : workers.filter(({ onlyNamed }) => onlyNamed);
  return describeLacks(lacking, others.map(describeOnlyNamed));
}

interface Lacking {
  readonly worker: Worker;
  readonly lacks: readonly Lack[];
}

function describeUnknown(names: readonly string[], workers: readonly Worker[]): string {
  const there = workers.length === 1 ? "there is" : "there are";
  return `no worker is called ${names.join(" or ")}: ${there} ${listedFew(workers.map(({ name }) => name))}`;
}

function describeClosed({ name, closed, processors: own }: Worker, wanted: number): string {
  return closed === undefined
    ? `${name} has ${own} of ${wanted} processors`
    : `${name} gets no jobs: ${closed}`;
}

function describeOnlyNamed({ name }: Worker): string {
  return `${name} takes only jobs that name it (Only_Named)`;
}

function describeLacks(lacking: readonly Lacking[], others: readonly string[]): string {
  const [first] = lacking;
  if (first === undefined) return `no worker takes it: ${joined(others)}`;
  const common = first.lacks.find(({ wanted }) =>
    lacking.every((each) => lackOf(wanted, each) !== undefined),
  );
  if (common === undefined) return `no worker fits: ${joined([...lacking.map(describeAll), ...others])}`;
  const each = lacking.map((one) => `${one.worker.name} has ${lackOf(common.wanted, one)?.has}`);
  return `no worker has ${common.wanted}: ${joined([...each, ...others])}`;
}

function lackOf(wanted: string, { lacks }: Lacking): Lack | undefined {
  return lacks.find((lack) => lack.wanted === wanted);
}

function describeAll({ worker, lacks }: Lacking): string {
  return `${worker.name} lacks ${lacks.map(({ wanted }) => wanted).join(" and ")}`;
}

function joined(clauses: readonly string[]): string {
  return listedFew(clauses, "; ");
}
