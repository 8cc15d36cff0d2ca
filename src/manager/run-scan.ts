import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Launch } from "../job/launch.ts";
import { isIgnoredName } from "../job/names.ts";
import { runStateOf, type StartedEvidence, type UnstartedEvidence } from "../plan/run-state.ts";
import type { Run, RunState, Unrecorded } from "../plan/snapshot.ts";
import { mayHaveSpawnedBefore, spawnedIn } from "../queue/attempts/attempt-marks.ts";
import type { Attempt, Attempts } from "../queue/attempts/attempts.ts";
import { readJobRecord } from "../queue/books/job-records.ts";
import type { Layout } from "../queue/layout.ts";
import { RequestWatch } from "../queue/requests.ts";
import { listFolderNames } from "../queue/shelves.ts";
import { tryOr } from "../text/try-or.ts";
import { readExit, readSession, readStart, type StartRecord } from "../worker/attempt-records.ts";
import { currentBootId, currentPidNamespace, statOf, uptimeAtStart } from "../worker/identity.ts";
import { beginOf, findJobProcesses, isAttemptHeld, type JobTrace, seenFromHere } from "../worker/job-tree.ts";
import { type ProcessTable, readProcessTable } from "../worker/process-table.ts";
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

  /** @param worker the name of this machine, on which all these attempts run, also those made under another name of it */
  constructor(layout: Layout, attempts: Attempts, memory: RunMemory, worker: string) {
    this.#layout = layout;
    this.#attempts = attempts;
    this.#memory = memory;
    this.#worker = worker;
  }

  /** All that lies in `QM_Jobs` or has records of a run. Throws where that cannot be seen whole. */
  observe(): { readonly runs: ObservedRun[]; readonly unrecorded: Unrecorded[] } {
    // A run whose job has a name that is ignored, of an earlier version, has its folder all the same.
    const folders = new Set(listFolderNames(this.#layout.running));
    const runs = this.#observeRuns(folders);
    const recorded = new Set(runs.map((run) => run.name));
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
    return newestOfEach(this.#attempts.list()).map((attempt) =>
      this.#observeRun(attempt, folders.has(attempt.launch.name), look),
    );
  }

  #observeRun(attempt: Attempt, folderPresent: boolean, look: Look): ObservedRun {
    const { launch, folder, end } = attempt;
    const written = readStart(folder);
    const isOurs = isOfOurNamespace(written, folder);
    const start = isOurs ? written : { ...written, shim: seenFromHere(written.shim, folder) };
    const state = this.#stateOf(attempt, start);
    const shim = start.kind === "started" ? start.shim : undefined;
    const isEnding = end !== undefined || state.kind === "exited" || state.kind === "vanished";
    // Only to end what is left of it. Without an exit record nobody knows until when the session's number was its own; in
    // another PID namespace it is a stranger's.
    const session = isOurs && isEnding && state.kind !== "vanished" ? readSession(folder) : undefined;
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
      killRequested: folderPresent && this.#isKillRequested(launch, jobFolder),
      leftProcesses,
      end,
      endingSeconds: isEnding ? this.#endingSeconds(attempt) : undefined,
    };
  }

  #stateOf(attempt: Attempt, start: StartRecord): RunState {
    return runStateOf(
      start.kind === "started" ? lookAtStarted(attempt, start) : this.#lookAtClaim(attempt, start.kind),
    );
  }

  // The mark and the holders are looked at after `start` was read, and only where they decide anything.
  #lookAtClaim(attempt: Attempt, start: UnstartedEvidence["start"]): UnstartedEvidence {
    const { folder, launch, verified } = attempt;
    return {
      kind: "unstarted",
      start,
      spawnedBefore: start !== "revoked" && mayHaveSpawnedBefore(folder, currentBootId()),
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

// In another PID namespace than ours the shim's number is another process's, or nobody's.
function isOfOurNamespace(start: StartRecord, folder: string): start is Exclude<StartRecord, Started> {
  if (start.kind !== "started" || statOf(start.shim) !== undefined) return true;
  return (spawnedIn(folder) ?? currentPidNamespace()) === currentPidNamespace();
}

// Liveness first, then the exit record: a shim that ends between the two has left its record by then.
function lookAtStarted({ folder }: Attempt, { shim, startedAtMs }: Started): StartedEvidence {
  const stat = statOf(shim);
  const exit = readExit(folder);
  return {
    kind: "started",
    startedAtMs,
    startedAtUptimeSeconds: uptimeAtStart(shim),
    shim: stat === undefined ? "gone" : stat.stopped ? "stopped" : "lives",
    exit,
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
    if (known === undefined || known.launch.attempt < attempt.launch.attempt) {
      newest.set(attempt.launch.name, attempt);
    }
  }
  return [...newest.values()];
}
