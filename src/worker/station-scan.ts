import os from "node:os";
import path from "node:path";
import type { RunRules } from "../plan/plan-runs.ts";
import { minMissedSeconds } from "../plan/plan-runs.ts";
import { runStateOf } from "../plan/run-state.ts";
import type { Run, RunState } from "../plan/snapshot.ts";
import type { Attempt, Attempts } from "../queue/attempts/attempts.ts";
import { readJobRecord } from "../queue/books/job-records.ts";
import type { Layout } from "../queue/layout.ts";
import { readRequests } from "../queue/requests.ts";
import type { ReceivedOrder } from "../queue/workers/order.ts";
import { Lasting } from "../text/lasting.ts";
import type { LocalWorker } from "./local-worker.ts";
import type { QueueSight } from "./queue-sight.ts";
import type { AttemptLook } from "./worker-port.ts";

/** An attempt of this worker at one look. */
export interface StationRun extends Run {
  readonly attempt: Attempt;
  readonly look: AttemptLook;
  readonly jobFolder: string;
  /** Undefined where the queue is away, or holds no such order. */
  readonly order: ReceivedOrder | undefined;
  /** The manager has forgotten it: its order is gone, and the job's folder is not this run's any more. */
  readonly isGivenUp: boolean;
}

/** The parts of {@link StationScan}. */
interface ScanParts {
  readonly layout: Layout;
  readonly worker: string;
  /** On this machine's own disk. */
  readonly attempts: Attempts;
  readonly local: LocalWorker;
}

/** Looks at the attempts of a worker's own machine, and at what the queue shows of each. */
export class StationScan {
  readonly #parts: ScanParts;
  /** The order of an attempt is not in the shared folder. */
  readonly #orderMissed = new Lasting();
  /** The job's folder is not in `QM_Jobs`. */
  readonly #folderMissed = new Lasting();

  constructor(parts: ScanParts) {
    this.#parts = parts;
  }

  /** One look at all attempts. Throws where their records cannot be told whole. */
  observe(sight: QueueSight, rules: RunRules): StationRun[] {
    const attempts = this.#parts.attempts.list();
    const looks = this.#parts.local.look(attempts);
    return attempts.map((attempt, at) => this.#runOf(attempt, looks[at] as AttemptLook, sight, rules));
  }

  #runOf(attempt: Attempt, look: AttemptLook, sight: QueueSight, rules: RunRules): StationRun {
    const { launch } = attempt;
    const { runId, name } = launch;
    const jobFolder = path.join(this.#parts.layout.running, name);
    const isSeen = sight.kind === "there";
    const orders = isSeen ? sight.orders.filter((one) => one.launch.name === name) : [];
    const order = orders.find((one) => one.launch.runId === runId);
    // The manager orders a job anew only once it has forgotten its run before.
    const isFolderThere = () => folderPresent && orders.length === 0 && isFolderOf(runId, jobFolder);
    // Of a queue that is away nothing is told, and no look before it tells anything afterwards.
    const missedSeconds = missed(this.#folderMissed, runId, isSeen && !sight.jobs.has(name));
    const orderMissed = missed(this.#orderMissed, runId, isSeen && order === undefined);
    const state = runStateOf(look.evidence);
    const folderPresent = !isSeen || sight.jobs.has(name);
    return {
      name,
      worker: this.#parts.worker,
      launch,
      attempt,
      look,
      jobFolder,
      order,
      state,
      folderPresent,
      missedSeconds,
      killRequested: isSeen && folderPresent && state.kind !== "exited" && readRequests(jobFolder).kill,
      // The manager's to decide.
      lossRequested: false,
      isGivenUp: isSeen && order === undefined && orderMissed >= missedLimit(state, isFolderThere(), rules),
      leftProcesses: look.leftProcesses,
      end: look.end,
      endingSeconds: look.endingSeconds,
    };
  }

  /** Forgets for how long something of a run was not seen. */
  forget(runId: string): void {
    this.#orderMissed.end(runId);
    this.#folderMissed.end(runId);
  }
}

/** Of a job that does not run, and whose folder is still there: for so long it is kept, as its order may be seen again. */
const KEPT_SECONDS = 60;

// The manager moves a job's folder before it removes the order: where that alone is gone somebody has deleted it, or the file server does
// not show it.
function missedLimit(state: RunState, isFolderThere: boolean, rules: RunRules): number {
  if (!isFolderThere) return minMissedSeconds(rules);
  return state.kind === "running" ? Number.POSITIVE_INFINITY : KEPT_SECONDS;
}

// A folder of which nothing tells whose it is may be the run's.
function isFolderOf(runId: string, jobFolder: string): boolean {
  return (readJobRecord(jobFolder)?.runId ?? runId) === runId;
}

function missed(looks: Lasting, runId: string, isMissed: boolean): number {
  if (isMissed) return looks.note(runId, os.uptime());
  looks.end(runId);
  return 0;
}
