import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { networkFileSystem } from "../disk/file-system.ts";
import type { Log } from "../disk/log.ts";
import { currentBootId, currentMachineId } from "../disk/machine.ts";
import { Rest } from "../disk/rest.ts";
import type { Worker } from "../plan/worker.ts";
import { Attempts } from "../queue/attempts/attempts.ts";
import { type Layout, layoutOf } from "../queue/layout.ts";
import { readQueueId } from "../queue/queue-id.ts";
import { makeWorkerFolder, workerFiles } from "../queue/workers/worker-files.ts";
import { QmError } from "../text/errors.ts";
import { quoteForShell } from "../text/escape.ts";
import { tryOr } from "../text/try-or.ts";
import { HealthCheck } from "./health.ts";
import { LocalClaims } from "./local-claims.ts";
import { LocalState } from "./local-state.ts";
import { LocalWorker } from "./local-worker.ts";
import type { SpawnShim } from "./process/spawn-shim.ts";
import { Reporter } from "./reporter.ts";
import { type ShimSettings, workingDirectoryOf } from "./shim-order.ts";
import { Station } from "./station.ts";
import { refuseUnfit } from "./unfit-folder.ts";
import { WorkerLoop } from "./worker-loop.ts";
import { type TakenName, takeName } from "./worker-name.ts";

/** The parts of a worker's program. */
export interface WorkerOptions {
  readonly layout: Layout;
  readonly offer: Omit<Worker, "closed">;
  /** `[JobEnvironment]` of this machine. */
  readonly jobEnvironment: Readonly<Record<string, string>>;
  readonly pollSeconds: number;
  /** The command that tells whether this machine may be given jobs. */
  readonly health: string | undefined;
  /** The folder that the configuration names for its own records. */
  readonly localState: string | undefined;
  readonly adoptName: boolean;
  readonly untilEmpty: boolean;
  readonly spawnShim: SpawnShim;
  /** The version of this program. */
  readonly program: string;
  /** Opens the log, in the folder of the worker's own records. */
  readonly openLog: (folder: string) => Log;
}

/** A worker that is ready to work. */
export interface OpenWorker {
  readonly loop: WorkerLoop;
  readonly name: string;
  /** The folder of its own records. */
  readonly folder: string;
  readonly log: Log;
  readonly close: () => void;
}

/** Longer than SMB clients take to see what another one has written. */
const SMB_SYNC_MS = 2000;

/** Opens the records of a worker on its own disk. Throws `refused` where its name is another's or the mount unfit; `failed` where there is no queue. */
export async function openWorker(options: WorkerOptions): Promise<OpenWorker> {
  const queueId = queueIdOf(options.layout);
  refuseUnfit(options.layout.root);
  const state = LocalState.open(options.localState, queueId, options.offer.name);
  try {
    const machine = currentMachineId() || state.id;
    const { layout, adoptName: adopt } = options;
    const taken = await takeName({ layout, name: options.offer.name, machine, adopt });
    if (taken.former !== undefined) state.adopt(taken.former);
    makeSharedFolder(layout, taken.name);
    return assemble(options, { queueId, state, machine, taken });
  } catch (error) {
    state.close();
    throw error;
  }
}

// A queue that one worker made below a missing mount would hide the other.
function queueIdOf(layout: Layout): string {
  const id = readQueueId(layout);
  if (id !== undefined) return id;
  const below = path.join(layout.root, "QM");
  if (readQueueId(layoutOf(below)) !== undefined)
    throw new QmError("failed", "there is no queue here, but in the folder QM below", {
      path: layout.root,
      mend: `name that: --queue ${quoteForShell(below)}`,
    });
  throw new QmError("failed", "there is no queue here: is its mount away?", {
    path: layout.root,
    mend: "mount it, or name the queue's folder with --queue; a queue is made by `qm init`, where its manager runs",
  });
}

// The manager writes orders there: a folder that is closed to it would keep the whole queue waiting.
function makeSharedFolder(layout: Layout, worker: string): void {
  const { folder } = workerFiles(layout, worker);
  makeWorkerFolder(folder);
  const [own, queues] = [fs.statSync(folder), fs.statSync(layout.state)];
  if (own.uid === queues.uid) return;
  removeEmptyFolder(folder);
  throw new QmError(
    "refused",
    `the worker's files belong to user ${own.uid}, the queue to user ${queues.uid}`,
    {
      path: folder,
      mend: "start the worker as the user who runs the manager; on a mount, as the user whose files these are there",
    },
  );
}

/** Removes a worker's folder in which nothing was written yet. */
function removeEmptyFolder(folder: string): void {
  tryOr(() => fs.rmdirSync(folder), undefined);
}

interface Opened {
  readonly queueId: string;
  readonly state: LocalState;
  readonly machine: string;
  readonly taken: TakenName;
}

function assemble(options: WorkerOptions, { queueId, state, machine, taken: { name } }: Opened): OpenWorker {
  const { layout, spawnShim, program, pollSeconds } = options;
  const log = options.openLog(state.folder);
  const rest = new Rest();
  const wake = () => rest.wake();
  const attempts = new Attempts({ ...layout, state: state.folder }, name);
  // This machine's own variables come before the queue's.
  const settings: ShimSettings = (launch) => ({
    qmFolder: layout.root,
    jobEnvironment: { ...station.environmentOf(launch), ...options.jobEnvironment },
  });
  const local = new LocalWorker({
    place: { worker: name, host: os.hostname() },
    offer: () => ({ ...options.offer, name }),
    settings,
    spawnShim,
    wake,
    warn: (message, fields) => log.warn(message, fields),
  });
  const claims = new LocalClaims({
    worker: name,
    machine,
    formerMachines: () => state.adopted,
    attempts,
    syncMs: networkFileSystem(layout.root)?.startsWith("SMB") === true ? SMB_SYNC_MS : 0,
    obstacle: (assigned) =>
      workingDirectoryOf(assigned, settings) === undefined
        ? `the folder that it is to run in is not there on ${name}`
        : undefined,
    wake,
  });
  const station = new Station({ layout, worker: name, attempts, local, claims, log, wake });
  const reporter = new Reporter(workerFiles(layout, name).report, {
    worker: name,
    instance: crypto.randomUUID(),
    machineId: machine,
    host: os.hostname(),
    bootId: currentBootId(),
    program,
  });
  const { name: _name, maxJobs, pools, labels, ...offered } = options.offer;
  const offer = {
    ...offered,
    pools: [...pools],
    labels: [...labels],
    ...(maxJobs !== undefined && { maxJobs }),
  };
  const { jobEnvironment } = options;
  const health = { command: options.health, qmFolder: layout.root, worker: name, jobEnvironment };
  const loop = new WorkerLoop({
    layout,
    queueId,
    worker: name,
    offer: () => offer,
    pollSeconds,
    station,
    reporter,
    rest,
    untilEmpty: options.untilEmpty,
    health: new HealthCheck(() => health, wake),
    log,
  });
  return { loop, name, folder: path.resolve(state.folder), log, close: () => state.close() };
}
