import type { RunningJob } from "../job/job.ts";
import type { WorkerStatus } from "../job/worker-status.ts";
import { findPauses } from "../queue/pause-requests.ts";
import { withoutUndefined } from "../text/without-undefined.ts";
import { publishedStatus } from "./manager-state.ts";
import type { Queue } from "./queue.ts";

/** Processors that jobs occupy. */
export function processorsOf(running: readonly Pick<RunningJob, "processors">[]): number {
  return running.reduce((sum, { processors }) => sum + processors, 0);
}

/** Of the jobs that run those that the manager told of this worker. */
export function ownOf({ running: told }: WorkerStatus, running: readonly RunningJob[]): RunningJob[] {
  return running.filter(({ name }) => told.includes(name));
}

/** The worker as one that runs these jobs. */
export function withRunning(worker: WorkerStatus, running: readonly RunningJob[]): WorkerStatus {
  const { max } = worker.processors;
  return {
    ...worker,
    processors: { max, busy: processorsOf(running) },
    running: running.map(({ name }) => name),
  };
}

/**
 * The workers of a queue without a manager: this machine by the configuration, where it runs jobs, the others as the last manager told of them. A running job of
 * which it told nothing is the manager's own machine's.
 */
export function workersAlone(
  { layout, config }: Pick<Queue, "layout" | "config">,
  running: readonly RunningJob[],
): WorkerStatus[] {
  const { name: own } = config.worker;
  const told = publishedStatus(layout)?.workers ?? [];
  const others = told
    .filter(({ name }) => name !== own)
    .map((other) => withRunning(other, ownOf(other, running)));
  const elsewhere = new Set(others.flatMap((other) => other.running));
  const here = running.filter(({ name }) => !elsewhere.has(name));
  const isWorker = config.localWorker || here.length > 0;
  const workers = [...(isWorker ? [withRunning(ownWorker(config), here)] : []), ...others];
  const names = workers.map(({ name }) => name);
  const pauses = findPauses(layout.root, names).workers;
  return workers.map(({ closed: _closed, ...worker }) => {
    const pause = pauses.get(worker.name);
    if (pause === undefined) return { ...worker, state: "open", paused: false };
    return { ...worker, state: "paused", paused: true, closed: pause };
  });
}

function ownWorker({ worker }: Queue["config"]): WorkerStatus {
  const { name, processors: max, maxJobs, pools, labels, onlyNamed } = worker;
  const processors = { max, busy: 0 };
  const idle = { running: [], state: "open" as const, paused: false };
  return withoutUndefined({ name, processors, maxJobs, pools, labels, onlyNamed, ...idle });
}
