import { type Destination, describeDestination, readDestination } from "../job/reassignment.ts";
import type { WorkerStatus } from "../job/worker-status.ts";
import { QmError } from "../text/errors.ts";
import { nearest } from "../text/nearest.ts";
import { workerNamed } from "./act-on-worker.ts";

/** The places to which jobs can be reassigned: each worker, each pool, and any worker. */
export function destinationsOf(workers: readonly WorkerStatus[]): readonly Destination[] {
  const pools = poolsOf(workers);
  return [...workers.map(({ name }) => ({ worker: name })), ...pools.map((pool) => ({ pool })), {}];
}

/** The place as the queue's workers spell it. Throws `no_such_worker` where there is no such worker or pool, with those that there are. */
export function knownDestination(workers: readonly WorkerStatus[], to: Destination): Destination {
  if (to.worker !== undefined) return { worker: workerNamed(workers, to.worker).name };
  const { pool } = to;
  if (pool === undefined) return {};
  const pools = poolsOf(workers);
  const found = pools.find((name) => name.toLowerCase() === pool.toLowerCase());
  if (found !== undefined) return { pool: found };
  const meant = nearest(pool, pools);
  const there = pools.length === 0 ? "no worker has one" : `the workers' pools are ${pools.join(", ")}`;
  throw new QmError("no_such_worker", `there is no pool «${pool}»: ${there}`, {
    mend:
      meant === undefined ? "`qm workers` lists the workers with their pools" : `did you mean «${meant}»?`,
  });
}

/** The place in a text that was sent. Throws `usage` where it names none. */
export function destinationIn(text: string): Destination {
  const read = readDestination(text);
  if (read.kind === "ok") return read.value;
  throw new QmError("usage", `the place ${read.right}`, { mend: `for example: ${describeDestination({})}` });
}

function poolsOf(workers: readonly WorkerStatus[]): readonly string[] {
  const pools = workers.flatMap((worker) => worker.pools);
  return pools.filter(
    (pool, at) => pools.findIndex((other) => other.toLowerCase() === pool.toLowerCase()) === at,
  );
}
