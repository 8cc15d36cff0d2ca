import os from "node:os";
import type { Config } from "../config/config.ts";
import type { PublishedStatus } from "../job/published-status.ts";
import type { Estimates } from "../plan/estimates.ts";
import { explainIdle, idleOn } from "../plan/idle.ts";
import type { Plan } from "../plan/plan.ts";
import type { Snapshot } from "../plan/snapshot.ts";
import { describeStuck, viewStatus } from "../plan/view-status.ts";
import { describeSilent, viewWorkers } from "../plan/view-workers.ts";
import type { WaitingPlace } from "../plan/waiting-places.ts";
import type { Room } from "../text/inodes.ts";
import { ownProcess } from "../worker/own-process.ts";

/** The part of the published status about the manager itself. */
export type ManagerFacts = ReturnType<typeof managerFacts> & Pick<PublishedStatus, "configuration">;

/** The facts of this process, which has just begun to manage a queue. */
export function managerFacts({ worker, qmFolder }: Config) {
  return {
    worker: worker.name,
    host: os.hostname(),
    ...ownProcess(),
    startedAt: new Date().toISOString(),
    qmFolder,
  };
}

/** The things shown beside the jobs. */
interface Shown {
  readonly facts: ManagerFacts;
  readonly config: Config;
  readonly estimates: Estimates;
  /** Notices for people. */
  readonly notices: readonly string[];
}

/** The status to be published. */
export function statusOf(
  { facts, config, estimates, notices }: Shown,
  observed: Snapshot,
  decided: Plan,
  places: readonly WaitingPlace[],
): PublishedStatus {
  const runs = observed.runs.map(({ worker, launch }) => ({ worker, processors: launch.processors }));
  const idle = explainIdle(
    idleOn(observed.workers, [...runs, ...decided.starts]),
    places,
    decided.reservation,
  );
  return {
    version: 2,
    ...facts,
    processors: { max: processorsOf(observed.workers), busy: processorsOf(runs) },
    workers: viewWorkers(observed),
    launchType: config.launchType,
    disk: { ...roundDown(observed), neededBytes: config.minFreeDiskBytes },
    ...(idle === undefined ? {} : { idle }),
    ...viewStatus(observed, decided, places, estimates),
    notices: [...notices, ...describeSilent(observed), ...describeStuck(observed)],
  };
}

/**
 * Everything the status is made from, to see whether it must be made again. The queue is compared by identity: it is a new list
 * after every change. Time that passes evenly changes nothing: what is expected counts from when the status was made, and the last
 * word of a worker tells something only once it is silent.
 */
export function basisOf(
  after: Snapshot,
  { starts, gate, keptFor }: Plan,
  others: readonly unknown[],
): unknown[] {
  const { queue, runs, spreads, unrecorded, paused, obstacles, copyIns, workers } = after;
  const seen = [workers, runs, spreads, unrecorded, paused, [...obstacles], [...copyIns], roundDown(after)];
  const basis = [...seen, starts, gate, keptFor, others];
  return [queue, JSON.stringify(basis, (key, value) => (EVENLY.has(key) ? 0 : value))];
}

const EVENLY: ReadonlySet<string> = new Set(["elapsedSeconds", "lastWordMs"]);

function processorsOf(slots: readonly { readonly processors: number }[]): number {
  return slots.reduce((sum, { processors }) => sum + processors, 0);
}

// To ten megabytes, so that a disk in use does not make a new status every second; finer where it is nearly full.
function roundDown({ freeBytes, inodes }: Room): Room {
  const bytes = floorTo(freeBytes < 1e8 ? 1e5 : 1e7, freeBytes);
  if (inodes === undefined) return { freeBytes: bytes };
  return { freeBytes: bytes, inodes: { ...inodes, free: floorTo(inodes.free < 1e4 ? 1 : 1e4, inodes.free) } };
}

function floorTo(step: number, value: number): number {
  return Math.floor(value / step) * step;
}
