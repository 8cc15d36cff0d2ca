import os from "node:os";
import type { Config } from "../config/config.ts";
import type { Worker } from "../plan/worker.ts";

/** A container's, where it has less than the machine. */
const MEMORY_BYTES = Math.min(os.totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

/** The manager's own machine as a worker. */
export function ownWorker({ worker }: Pick<Config, "worker">): Worker {
  return { ...worker, os: process.platform, memoryBytes: MEMORY_BYTES };
}
