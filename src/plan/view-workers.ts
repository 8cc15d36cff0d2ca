import type { WorkerStatus } from "../job/worker-status.ts";
import { counted } from "../text/quantity.ts";
import { withoutUndefined } from "../text/without-undefined.ts";
import type { Snapshot } from "./snapshot.ts";
import { type Demand, demandOf, fits, isGone, type Worker } from "./worker.ts";

/** The workers of a snapshot as people see them, each with what runs there. */
export function viewWorkers({
  workers,
  runs,
  queue,
}: Pick<Snapshot, "workers" | "runs" | "queue">): WorkerStatus[] {
  const kinds = kindsOf(queue);
  return workers.map((worker) => {
    const own = runs.filter((run) => run.worker === worker.name);
    const busy = own.reduce((sum, { launch }) => sum + launch.processors, 0);
    const running = own.map(({ name }) => name);
    return { ...viewWorker(worker, busy, running), waiting: waitingFor(worker, kinds) };
  });
}

interface Kind {
  readonly demand: Demand | undefined;
  readonly count: number;
}

/** The waiting jobs, held ones left out, by their demands: there may be ten thousand, of few kinds. */
function kindsOf(queue: Snapshot["queue"]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const entry of queue) {
    if (entry.kind !== "waiting" || entry.held || entry.killRequested) continue;
    const demand = demandOf(entry.info);
    const key = demand?.key ?? "";
    kinds.set(key, { demand, count: (kinds.get(key)?.count ?? 0) + 1 });
  }
  return [...kinds.values()];
}

function waitingFor(worker: Worker, kinds: readonly Kind[]): number {
  return kinds.reduce((sum, { demand, count }) => (fits(demand, worker) ? sum + count : sum), 0);
}

/** One worker as people see it; `busy` are the processors of what runs there. */
function viewWorker(worker: Worker, busy: number, running: readonly string[]): WorkerStatus {
  const { name, host, processors, maxJobs, pools, labels, onlyNamed, paused, lastWordMs } = worker;
  return withoutUndefined({
    name,
    host,
    processors: { max: processors, busy },
    maxJobs,
    pools,
    labels,
    onlyNamed,
    running,
    state: stateOf(worker),
    paused: paused !== undefined,
    closed: describeClosed(worker, running.length),
    lastWord: lastWordMs === undefined ? undefined : new Date(lastWordMs).toISOString(),
  });
}

function stateOf({ closed, hearing, paused }: Worker): WorkerStatus["state"] {
  if (isGone(hearing)) return "silent";
  if (closed === undefined) return "open";
  return paused === "only" ? "paused" : "closed";
}

function describeClosed({ closed, hearing }: Worker, jobs: number): string | undefined {
  if (closed === undefined || !isGone(hearing) || jobs === 0) return closed;
  return `${closed}; its ${counted(jobs, "job")} may well be running`;
}

/** News of the workers that are not heard of while jobs run there, one sentence each: nothing else would name those jobs. */
export function describeSilent({ workers, runs }: Pick<Snapshot, "workers" | "runs">): string[] {
  return workers.flatMap((worker) => {
    const jobs = runs.filter((run) => run.worker === worker.name).length;
    const isNews = isGone(worker.hearing) && jobs > 0;
    return isNews ? [`worker ${worker.name}: ${describeClosed(worker, jobs)}`] : [];
  });
}
