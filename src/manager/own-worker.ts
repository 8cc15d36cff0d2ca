import os from "node:os";
import type { Config } from "../config/config.ts";
import { pausedWorker, type Worker } from "../plan/worker.ts";
import { findPauses } from "../queue/pause-requests.ts";

/** A container's, where it has less than the machine. */
const MEMORY_BYTES = Math.min(os.totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

/** The manager's own machine as a worker. */
export function ownWorker({ worker }: Pick<Config, "worker">): Worker {
  const { localState: _state, health: _health, ...offered } = worker;
  return { ...offered, host: os.hostname(), os: process.platform, memoryBytes: MEMORY_BYTES };
}

/** True where the queue is paused, and the workers as those that people have paused. */
export function withPauses(root: string, offered: readonly Worker[]) {
  const { isPaused, workers: pauses } = findPauses(
    root,
    offered.map(({ name }) => name),
  );
  const workers = offered.map((worker) => {
    const pause = pauses.get(worker.name);
    return pause === undefined ? worker : pausedWorker(worker, pause);
  });
  return { isPaused, workers };
}
