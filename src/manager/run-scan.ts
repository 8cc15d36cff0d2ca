import os from "node:os";
import path from "node:path";
import { networkFileSystem } from "../disk/file-system.ts";
import { folderNow } from "../disk/fresh-look.ts";
import { currentMachineId } from "../disk/machine.ts";
import type { Launch } from "../job/launch.ts";
import { isIgnoredName } from "../job/names.ts";
import { runStateOf } from "../plan/run-state.ts";
import type { Run, RunState, Unrecorded } from "../plan/snapshot.ts";
import type { Attempt, Attempts } from "../queue/attempts/attempts.ts";
import { readJobRecord } from "../queue/books/job-records.ts";
import type { Layout } from "../queue/layout.ts";
import { NO_REQUESTS, type Requests, RequestWatch } from "../queue/requests.ts";
import { listFolderNames } from "../queue/stages.ts";
import { readClaims } from "../queue/workers/claim.ts";
import { tryOr } from "../text/try-or.ts";
import type { WorkerPort } from "../worker/worker-port.ts";
import type { RunMemory } from "./run-memory.ts";
import type { ClaimedSpread } from "./spreads.ts";
import type { LookedAt, Workers } from "./workers.ts";

/** A run as the plan sees it, with what is needed to act on it. */
export interface ObservedRun extends Run {
  readonly attempt: Attempt;
  /** Absolute path of the job's folder in `QM_Jobs`. */
  readonly jobFolder: string;
  /** The worker that it runs on. */
  readonly port: WorkerPort;
}

/** The run of an attempt that has just been claimed, without a look at it. */
export function claimedRun(attempt: Attempt, jobFolder: string, port: WorkerPort): ObservedRun {
  const { launch, verified } = attempt;
  return {
    name: launch.name,
    worker: port.place.worker,
    launch,
    attempt,
    jobFolder,
    port,
    state: { kind: "claimed", verified, shimPending: false, start: "none" },
    folderPresent: true,
    missedSeconds: 0,
    killRequested: false,
    lossRequested: false,
    leftProcesses: 0,
  };
}

interface Judged extends LookedAt {
  readonly state: RunState;
}

/** All that lies in `QM_Jobs` or has records of a run. */
interface Seen {
  readonly runs: ObservedRun[];
  readonly spreads: readonly ClaimedSpread[];
  readonly unrecorded: Unrecorded[];
}

/** Looks at `QM_Jobs` and the news of the workers: which jobs are claimed, running, ended, or unexplained. */
export class RunScan {
  readonly #layout: Layout;
  readonly #attempts: Attempts;
  readonly #memory: RunMemory;
  readonly #workers: Workers;
  /** Only there can another machine have written records. */
  readonly #isShared: boolean;
  #elsewhere: readonly string[] = [];

  constructor(layout: Layout, attempts: Attempts, memory: RunMemory, workers: Workers) {
    this.#layout = layout;
    this.#attempts = attempts;
    this.#memory = memory;
    this.#workers = workers;
    this.#isShared = tryOr(() => networkFileSystem(layout.root) !== undefined, true);
  }

  /**
   * The jobs, by the last look, that the manager of another machine has launched and whose end is not written down: they may live there,
   * of which nothing tells here.
   */
  get elsewhere(): readonly string[] {
    return this.#elsewhere;
  }

  /** All that lies in `QM_Jobs` or has records of a run. Throws where that cannot be seen whole. */
  observe(): Seen {
    const attempts = this.#attempts.list();
    // A run whose job has a name that is ignored, of an earlier version, has its folder all the same.
    const folders = new Set(listFolderNames(this.#layout.running));
    const [started, spread] = [attempts.filter((each) => !isSpread(each)), attempts.filter(isSpread)];
    const runs = this.#judge(started).map((judged) => this.#observeRun(judged, folders));
    const spreads = spread.map((attempt) => this.#observeSpread(attempt, folders));
    const recorded = new Set([...[...runs, ...spreads].map(({ name }) => name), ...this.#elsewhere]);
    const untold = [...folders].filter((name) => !recorded.has(name) && !isIgnoredName(name));
    const claimed = untold.filter((name) => this.#isClaimedByWorker(name));
    this.#elsewhere = [...this.#elsewhere, ...claimed];
    const unrecorded = untold.filter((name) => !claimed.includes(name));
    this.#memory.unrecorded.endAllBut(new Set(unrecorded));
    return { runs, spreads, unrecorded: unrecorded.map((name) => this.#observeUnrecorded(name)) };
  }

  // A worker whose order somebody has deleted ends the job, and takes its claim away then.
  #isClaimedByWorker(name: string): boolean {
    return readClaims(path.join(this.#layout.running, name)).length > 0;
  }

  #observeUnrecorded(name: string): Unrecorded {
    const seenSeconds = this.#memory.unrecorded.note(name, os.uptime());
    return { name, seenSeconds, runId: readJobRecord(path.join(this.#layout.running, name))?.runId };
  }

  #judge(attempts: readonly Attempt[]): Judged[] {
    const looked = this.#workers.look(attempts);
    const newest = newestOfEach(
      looked.map((each): Judged => ({ ...each, state: runStateOf(each.look.evidence) })),
    );
    const elsewhere = newest.filter((judged) => this.#isElsewhere(judged));
    this.#elsewhere = elsewhere.map(({ attempt }) => attempt.launch.name);
    return newest.filter((judged) => !elsewhere.includes(judged));
  }

  #isElsewhere({ attempt, state }: Judged): boolean {
    const { machineId = "", remote } = attempt.launch;
    // Its worker tells of one that is for a worker.
    return (
      this.#isShared &&
      remote !== true &&
      machineId !== "" &&
      machineId !== currentMachineId() &&
      state.kind !== "exited"
    );
  }

  #observeRun({ attempt, port, look, state }: Judged, folders: ReadonlySet<string>): ObservedRun {
    const { launch } = attempt;
    const { leftProcesses, end, endingSeconds, waitsFor } = look;
    const jobFolder = path.join(this.#layout.running, launch.name);
    const folderPresent = folders.has(launch.name);
    const isAsked = folderPresent && state.kind !== "exited";
    const asked = isAsked ? this.#requestsIn(launch, jobFolder) : NO_REQUESTS;
    return {
      name: launch.name,
      worker: port.place.worker,
      launch,
      attempt,
      jobFolder,
      port,
      state,
      folderPresent,
      missedSeconds: this.#missedSeconds(launch, folderPresent),
      killRequested: asked.kill,
      lossRequested: asked.lost,
      leftProcesses,
      end,
      endingSeconds,
      waitsFor,
    };
  }

  #observeSpread(attempt: Attempt, folders: ReadonlySet<string>): ClaimedSpread {
    const { launch, end } = attempt;
    const jobFolder = path.join(this.#layout.running, launch.name);
    const folderPresent = folders.has(launch.name);
    return {
      name: launch.name,
      launch,
      attempt,
      jobFolder,
      port: this.#workers.own,
      folderPresent,
      missedSeconds: this.#missedSeconds(launch, folderPresent),
      killRequested: folderPresent && this.#requestsIn(launch, jobFolder).kill,
      end,
    };
  }

  #requestsIn({ runId }: Launch, jobFolder: string): Requests {
    const watch = this.#memory.requests.get(runId) ?? new RequestWatch(jobFolder);
    this.#memory.requests.set(runId, watch);
    return watch.look(mtimeOf(jobFolder), performance.now());
  }

  #missedSeconds({ runId }: Launch, folderPresent: boolean): number {
    if (!folderPresent) return this.#memory.missed.note(runId, os.uptime());
    this.#memory.missed.end(runId);
    return 0;
  }
}

function isSpread({ launch }: Attempt): boolean {
  return launch.spread !== undefined;
}

// A folder that does not tell its time is listed each time.
function mtimeOf(folder: string): number {
  return tryOr(() => folderNow(folder).mtimeMs, Number.NaN);
}

function newestOfEach(runs: readonly Judged[]): Judged[] {
  const newest = new Map<string, Judged>();
  for (const run of runs) {
    const { name } = run.attempt.launch;
    const known = newest.get(name);
    if (known === undefined || isNewer(run, known)) newest.set(name, run);
  }
  return [...newest.values()];
}

// Of two launches of one attempt, by two managers of which one was paused, the one that was claimed has started.
function isNewer({ attempt: { launch }, look }: Judged, known: Judged): boolean {
  if (launch.attempt !== known.attempt.launch.attempt) return launch.attempt > known.attempt.launch.attempt;
  return look.evidence.kind === "started";
}
