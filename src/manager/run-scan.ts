import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { networkFileSystem } from "../disk/file-system.ts";
import type { Launch } from "../job/launch.ts";
import { isIgnoredName } from "../job/names.ts";
import { type RunEvidence, runStateOf, type UnstartedEvidence } from "../plan/run-state.ts";
import type { Run, Unrecorded } from "../plan/snapshot.ts";
import { mayHaveSpawnedBefore, spawnedIn } from "../queue/attempts/attempt-marks.ts";
import type { Attempt, Attempts } from "../queue/attempts/attempts.ts";
import { readJobRecord } from "../queue/books/job-records.ts";
import type { Layout } from "../queue/layout.ts";
import { RequestWatch } from "../queue/requests.ts";
import { listFolderNames } from "../queue/shelves.ts";
import { tryOr } from "../text/try-or.ts";
import { readExit, readSession, readStart, type StartRecord } from "../worker/process/attempt-records.ts";
import {
  currentBootId,
  currentMachineId,
  currentPidNamespace,
  type ProcessIdentity,
  statOf,
  uptimeAtStart,
} from "../worker/process/identity.ts";
import {
  beginOf,
  findJobProcesses,
  isAttemptHeld,
  type JobTrace,
  seenFromHere,
} from "../worker/process/job-tree.ts";
import type { ProcessStat } from "../worker/process/process-stat.ts";
import { type ProcessTable, readProcessTable } from "../worker/process/process-table.ts";
import type { RunMemory } from "./run-memory.ts";

/** A run as the plan sees it, with what is needed to act on it. */
export interface ObservedRun extends Run {
  readonly attempt: Attempt;
  /** Absolute path of the job's folder in `QM_Jobs`. */
  readonly jobFolder: string;
  readonly trace: JobTrace;
}

type Started = Extract<StartRecord, { readonly kind: "started" }>;

/** The run of an attempt that has just been claimed, without a look at it. */
export function claimedRun(attempt: Attempt, jobFolder: string, worker: string): ObservedRun {
  const { launch, folder, verified } = attempt;
  return {
    name: launch.name,
    worker,
    launch,
    attempt,
    jobFolder,
    trace: { token: launch.runId, attemptFolder: folder },
    state: { kind: "claimed", verified, shimPending: false, start: "none" },
    folderPresent: true,
    missedSeconds: 0,
    killRequested: false,
    leftProcesses: 0,
  };
}

/** Looks at `QM_Jobs` and the attempts' records: which jobs are claimed, running, ended, or unexplained. */
export class RunScan {
  readonly #layout: Layout;
  readonly #attempts: Attempts;
  readonly #memory: RunMemory;
  readonly #worker: string;
  /** Only there can another machine have written records. */
  readonly #isShared: boolean;
  #elsewhere: readonly string[] = [];

  /** @param worker the name of this machine, on which all these attempts run, also those made under another name of it */
  constructor(layout: Layout, attempts: Attempts, memory: RunMemory, worker: string) {
    this.#layout = layout;
    this.#attempts = attempts;
    this.#memory = memory;
    this.#worker = worker;
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
  observe(): { readonly runs: ObservedRun[]; readonly unrecorded: Unrecorded[] } {
    // A run whose job has a name that is ignored, of an earlier version, has its folder all the same.
    const folders = new Set(listFolderNames(this.#layout.running));
    const runs = this.#observeRuns(folders);
    const recorded = new Set([...runs.map((run) => run.name), ...this.#elsewhere]);
    const unrecorded = [...folders].filter((name) => !recorded.has(name) && !isIgnoredName(name));
    this.#memory.unrecorded.endAllBut(new Set(unrecorded));
    return { runs, unrecorded: unrecorded.map((name) => this.#observeUnrecorded(name)) };
  }

  #observeUnrecorded(name: string): Unrecorded {
    const seenSeconds = this.#memory.unrecorded.note(name, os.uptime());
    return { name, seenSeconds, runId: readJobRecord(path.join(this.#layout.running, name))?.runId };
  }

  #observeRuns(folders: ReadonlySet<string>): ObservedRun[] {
    const look = new Look();
    const attempts = newestOfEach(this.#attempts.list());
    const elsewhere = attempts.filter((attempt) => this.#isElsewhere(attempt));
    this.#elsewhere = elsewhere.map(({ launch }) => launch.name);
    return attempts
      .filter((attempt) => !elsewhere.includes(attempt))
      .map((attempt) => this.#observeRun(attempt, folders.has(attempt.launch.name), look));
  }

  #isElsewhere({ launch: { machineId = "" }, folder }: Attempt): boolean {
    if (!this.#isShared || machineId === "" || machineId === currentMachineId()) return false;
    return readExit(folder).kind !== "exited";
  }

  #observeRun(attempt: Attempt, folderPresent: boolean, look: Look): ObservedRun {
    const { launch, folder, end } = attempt;
    const { shim, isOurs, evidence } = this.#see(attempt);
    const state = runStateOf(evidence);
    const isEnding = end !== undefined || state.kind === "exited" || state.kind === "vanished";
    // Only to end what is left of it. Without an exit record nobody knows until when the session's number was its own; in
    // another PID namespace it is a stranger's.
    const exit = evidence.kind === "started" ? evidence.exit : undefined;
    const session = isOurs && isEnding && state.kind !== "vanished" ? readSession(folder, exit) : undefined;
    const trace: JobTrace = { token: launch.runId, attemptFolder: folder, shim, session };
    const jobFolder = path.join(this.#layout.running, launch.name);
    const leftProcesses = isEnding && state.kind !== "claimed" ? look.countProcesses(trace) : 0;
    return {
      name: launch.name,
      worker: this.#worker,
      launch,
      attempt,
      jobFolder,
      trace,
      state,
      folderPresent,
      missedSeconds: this.#missedSeconds(launch, folderPresent),
      killRequested: folderPresent && state.kind !== "exited" && this.#isKillRequested(launch, jobFolder),
      leftProcesses,
      end,
      endingSeconds: isEnding ? this.#endingSeconds(attempt) : undefined,
    };
  }

  #see(attempt: Attempt): Seen {
    const start = this.#startOf(attempt);
    if (start.kind === "started") return seeShim(start, attempt.folder, this.#isOfThisManager(attempt));
    return { isOurs: true, evidence: this.#lookAtClaim(attempt, start.kind) };
  }

  #isOfThisManager({ launch }: Attempt): boolean {
    return this.#memory.shimSpawned.has(launch.runId);
  }

  // A whole one never changes.
  #startOf({ launch, folder }: Attempt): StartRecord {
    const start = this.#memory.starts.get(launch.runId) ?? readStart(folder);
    if (start.kind === "started") this.#memory.starts.set(launch.runId, start);
    return start;
  }

  // The mark and the holders are looked at after `start` was read, and only where they decide anything.
  #lookAtClaim(attempt: Attempt, start: UnstartedEvidence["start"]): UnstartedEvidence {
    const { folder, launch, verified } = attempt;
    return {
      kind: "unstarted",
      start,
      spawnedBefore:
        start !== "revoked" &&
        launch.bootId !== currentBootId() &&
        mayHaveSpawnedBefore(folder, currentBootId()),
      attemptHeld: start === "incomplete" && isAttemptHeld(readProcessTable(), folder),
      shimPending: this.#memory.pendingShims.has(launch.runId),
      verified,
      claimedAtMs: launch.claimedAtMs,
    };
  }

  #endingSeconds({ launch, end }: Attempt): number {
    if (end !== undefined) {
      return end.bootId === currentBootId() ? os.uptime() - end.atUptimeSeconds : Number.POSITIVE_INFINITY;
    }
    return this.#memory.ended.note(launch.runId, os.uptime());
  }

  #isKillRequested({ runId }: Launch, jobFolder: string): boolean {
    const watch = this.#memory.requests.get(runId) ?? new RequestWatch(jobFolder);
    this.#memory.requests.set(runId, watch);
    return watch.look(mtimeOf(jobFolder), performance.now()).kill;
  }

  #missedSeconds({ runId }: Launch, folderPresent: boolean): number {
    if (!folderPresent) return this.#memory.missed.note(runId, os.uptime());
    this.#memory.missed.end(runId);
    return 0;
  }
}

/** One moment's process table, read only if some run asks for it, and again only for one that began before. */
class Look {
  #table: ProcessTable | undefined;
  #sinceTicks = 0;

  countProcesses(trace: JobTrace): number {
    return findJobProcesses(this.#processesSince(beginOf(trace)), trace).length;
  }

  #processesSince(sinceTicks: number): ProcessTable {
    if (this.#table === undefined || sinceTicks < this.#sinceTicks) {
      this.#table = readProcessTable(sinceTicks);
      this.#sinceTicks = sinceTicks;
    }
    return this.#table;
  }
}

/** An attempt as it is seen from here. */
interface Seen {
  /** As its processes are numbered here; absent until one has started. */
  readonly shim?: ProcessIdentity;
  /** False for a shim of another PID namespace. */
  readonly isOurs: boolean;
  readonly evidence: RunEvidence;
}

// In another PID namespace than ours the shim's number is another process's, or nobody's.
function seeShim({ shim: written, startedAtMs }: Started, folder: string, isOfThisManager: boolean): Seen {
  const found = statOf(written);
  const isOurs = found !== undefined || isOfThisManager || isOfOurNamespace(folder);
  const shim = isOurs ? written : seenFromHere(written, folder);
  const stat = isOurs ? found : statOf(shim);
  return { shim, isOurs, evidence: { kind: "started", startedAtMs, ...shimEvidence(shim, stat, folder) } };
}

function isOfOurNamespace(folder: string): boolean {
  return (spawnedIn(folder) ?? currentPidNamespace()) === currentPidNamespace();
}

// Liveness first, then the exit record: a shim that ends between the two has left its record by then.
function shimEvidence(shim: ProcessIdentity, stat: ProcessStat | undefined, folder: string) {
  return {
    shim: stat === undefined ? ("gone" as const) : stat.stopped ? ("stopped" as const) : ("lives" as const),
    exit: readExit(folder),
    startedAtUptimeSeconds: uptimeAtStart(shim),
    uptimeSeconds: os.uptime(),
  };
}

// A folder that does not tell its time is listed each time.
function mtimeOf(folder: string): number {
  return tryOr(() => fs.lstatSync(folder).mtimeMs, Number.NaN);
}

function newestOfEach(attempts: readonly Attempt[]): Attempt[] {
  const newest = new Map<string, Attempt>();
  for (const attempt of attempts) {
    const known = newest.get(attempt.launch.name);
    if (known === undefined || isNewer(attempt, known)) newest.set(attempt.launch.name, attempt);
  }
  return [...newest.values()];
}

// Of two launches of one attempt, by two managers of which one was paused, the one that was claimed has started.
function isNewer({ launch, folder }: Attempt, known: Attempt): boolean {
  if (launch.attempt !== known.launch.attempt) return launch.attempt > known.launch.attempt;
  return readStart(folder).kind === "started";
}
