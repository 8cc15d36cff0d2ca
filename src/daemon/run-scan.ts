import os from "node:os";
import path from "node:path";
import type { Launch } from "../core/launch.ts";
import type { ClaimStart, Run, RunState, Unrecorded } from "../core/snapshot.ts";
import { isThere } from "../files/is-there.ts";
import type { Attempt, Attempts } from "../folders/attempts.ts";
import type { Layout } from "../folders/layout.ts";
import { isRequested } from "../folders/requests.ts";
import { listJobNames } from "../folders/shelves.ts";
import { type ExitRecord, readExit, readStart, type StartRecord } from "../process/attempt-records.ts";
import { currentBootId, type ProcessIdentity, statOf } from "../process/identity.ts";
import { beginOf, findJobProcesses, isAttemptHeld, type JobTrace } from "../process/job-tree.ts";
import { type ProcessTable, readProcessTable } from "../process/process-table.ts";

/** A run as the plan sees it, with what is needed to act on it. */
export interface ObservedRun extends Run {
  readonly attempt: Attempt;
  /** Absolute path of the job's folder in `QM_Jobs`. */
  readonly jobFolder: string;
  readonly trace: JobTrace;
}

type Started = Extract<StartRecord, { readonly kind: "started" }>;
type Exited = Extract<ExitRecord, { readonly kind: "exited" }>;

/** Clock ticks a second in `/proc/PID/stat`, the same on every Linux a program can see. */
const TICKS_PER_SECOND = 100;

/** Looks at `QM_Jobs` and the attempts' records: which jobs are claimed, running, ended, or unexplained. */
export class RunScan {
  readonly #layout: Layout;
  readonly #attempts: Attempts;
  /** Attempts for which a shim of this daemon's is under way, by run id. */
  readonly #pendingShims: ReadonlySet<string>;
  /** When an end with children left was first seen, in seconds since boot, by run id. */
  readonly #endSeen = new Map<string, number>();

  constructor(layout: Layout, attempts: Attempts, pendingShims: ReadonlySet<string>) {
    this.#layout = layout;
    this.#attempts = attempts;
    this.#pendingShims = pendingShims;
  }

  /** All that lies in `QM_Jobs` or has records of a run. Throws where that cannot be seen whole. */
  observe(): { readonly runs: ObservedRun[]; readonly unrecorded: Unrecorded[] } {
    const folders = new Set(listJobNames(this.#layout.running));
    const runs = this.#observeRuns(folders, () => true);
    const recorded = new Set(runs.map((run) => run.name));
    const unrecorded = [...folders].filter((name) => !recorded.has(name)).map((name) => ({ name }));
    return { runs, unrecorded };
  }

  /** As {@link observe}, of the runs of some jobs alone. */
  observeOnly(names: ReadonlySet<string>): ObservedRun[] {
    const folders = new Set([...names].filter((name) => isThere(path.join(this.#layout.running, name))));
    return this.#observeRuns(folders, ({ name }) => names.has(name));
  }

  #observeRuns(folders: ReadonlySet<string>, isWanted: (launch: Launch) => boolean): ObservedRun[] {
    const look = new Look();
    const attempts = newestOfEach(this.#attempts.list().filter(({ launch }) => isWanted(launch)));
    return attempts.map((attempt) => this.#observeRun(attempt, folders.has(attempt.launch.name), look));
  }

  #observeRun(attempt: Attempt, folderPresent: boolean, look: Look): ObservedRun {
    const { launch, folder, end } = attempt;
    const start = readStart(folder);
    const state = this.#stateOf(attempt, start);
    const shim = start.kind === "started" ? { shim: start.shim } : {};
    const trace: JobTrace = { token: launch.runId, attemptFolder: folder, ...shim };
    const jobFolder = path.join(this.#layout.running, launch.name);
    const isEnding = end !== undefined || state.kind === "exited" || state.kind === "vanished";
    const leftProcesses = isEnding && state.kind !== "claimed" ? look.countProcesses(trace) : 0;
    return {
      name: launch.name,
      launch,
      attempt,
      jobFolder,
      trace,
      state,
      folderPresent,
      killRequested: folderPresent && isRequested(jobFolder, "kill"),
      leftProcesses,
      ...(end === undefined ? {} : { end }),
      ...(isEnding ? { endingSeconds: this.#endingSeconds(attempt) } : {}),
    };
  }

  #stateOf(attempt: Attempt, start: StartRecord): RunState {
    if (start.kind === "started") return startedState(attempt, start);
    // A power cut takes what was not synced: a shim may have started, and its record be gone or torn.
    if (start.kind !== "revoked" && this.#attempts.mayHaveSpawnedBefore(attempt, currentBootId()))
      return { kind: "vanished", startedAtMs: attempt.launch.claimedAtMs };
    // An incomplete start is still being written while somebody holds the attempt open, at a look taken after it was read.
    const isWriting = start.kind === "incomplete" && isAttemptHeld(readProcessTable(), attempt.folder);
    return {
      kind: "claimed",
      verified: attempt.verified,
      shimPending: isWriting || this.#pendingShims.has(attempt.launch.runId),
      start: claimStartOf(start, isWriting),
    };
  }

  #endingSeconds({ launch, end }: Attempt): number {
    const uptime = os.uptime();
    if (end !== undefined) {
      return end.bootId === currentBootId() ? uptime - end.atUptimeSeconds : Number.POSITIVE_INFINITY;
    }
    const seen = this.#endSeen.get(launch.runId) ?? uptime;
    this.#endSeen.set(launch.runId, seen);
    return uptime - seen;
  }

  /** Forgets what was kept for a run that has been accounted for. */
  forget(runId: string): void {
    this.#endSeen.delete(runId);
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

// Liveness first, then the exit record: a shim that ends between the two has left its record by then.
function startedState(attempt: Attempt, start: Started): RunState {
  const shim = statOf(start.shim);
  const exit = readExit(attempt.folder);
  const { startedAtMs } = start;
  if (exit.kind === "exited") return exitedState(start, exit);
  if (shim === undefined) return { kind: "vanished", startedAtMs };
  const elapsedSeconds = os.uptime() - uptimeAtStart(start.shim);
  return {
    kind: "running",
    startedAtMs,
    elapsedSeconds,
    endUnwritten: exit.kind === "incomplete",
    supervisorStopped: shim.stopped,
  };
}

function claimStartOf(start: StartRecord, isWriting: boolean): ClaimStart {
  if (start.kind === "revoked") return "revoked";
  return start.kind === "incomplete" && !isWriting ? "dead" : "none";
}

function exitedState(start: Started, exit: Exited): RunState {
  const { endedAtMs, exitCode, signal, cpuSeconds } = exit;
  return {
    kind: "exited",
    startedAtMs: start.startedAtMs,
    endedAtMs,
    ranSeconds: ranSeconds(start, exit),
    exitCode,
    ...(signal === undefined ? {} : { signal }),
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
  };
}

// By the clock that nobody sets, where the record has it.
function ranSeconds({ shim, startedAtMs }: Started, { endedAtUptimeSeconds, endedAtMs }: Exited): number {
  const seconds =
    endedAtUptimeSeconds === undefined
      ? (endedAtMs - startedAtMs) / 1000
      : endedAtUptimeSeconds - uptimeAtStart(shim);
  return Math.max(0, Math.round(seconds * 100) / 100);
}

function uptimeAtStart(shim: ProcessIdentity): number {
  return Number(shim.startTicks) / TICKS_PER_SECOND;
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
