import os from "node:os";
import { currentBootId } from "../disk/machine.ts";
import type { RecordPlace } from "../job/build-record.ts";
import type { EndIntent, Launch } from "../job/launch.ts";
import { type LeftNote, withLeft } from "../job/left-processes.ts";
import { grantProcessors } from "../job/processor-sets.ts";
import { runStateOf } from "../plan/run-state.ts";
import type { RunState } from "../plan/snapshot.ts";
import type { Worker } from "../plan/worker.ts";
import { markSpawning, readLeft, writeLeft } from "../queue/attempts/attempt-marks.ts";
import type { Attempt } from "../queue/attempts/attempts.ts";
import { explain } from "../queue/explain.ts";
import { AttemptMemory } from "./attempt-memory.ts";
import { seeAttempt } from "./evidence.ts";
import { readSession, removeDeadStart, revokeStart } from "./process/attempt-records.ts";
import { askJobTreeToEnd, continueProcess, killJobTree, type Unsignalled } from "./process/end-tree.ts";
import { currentPidNamespace, type ProcessIdentity, programName } from "./process/identity.ts";
import { beginOf, findJobProcesses, type JobTrace, lookForJobProcesses } from "./process/job-tree.ts";
import { type PinningSupport, pinningSupport } from "./process/pinning.ts";
import { type ProcessTable, readProcessTable } from "./process/process-table.ts";
import type { SpawnShim } from "./process/spawn-shim.ts";
import { type ShimSettings, shimOrder, workingDirectoryOf } from "./shim-order.ts";
import type { Assigned, AttemptLook, StartAnswer, WorkerPort } from "./worker-port.ts";

export type { SpawnShim } from "./process/spawn-shim.ts";

/** The parts of a worker that runs attempts in processes of this machine. */
export interface LocalWorkerOptions {
  readonly place: RecordPlace;
  readonly offer: () => Worker;
  readonly settings: ShimSettings;
  readonly spawnShim: SpawnShim;
  /** Asks for another look soon. */
  readonly wake: () => void;
  /** Tells the log of something that keeps nothing from going on. */
  readonly warn: (message: string, fields: { readonly job: string; readonly why: string }) => void;
}

/** The last look at an attempt. */
interface Known {
  readonly trace: JobTrace;
  readonly state: RunState;
  readonly look: AttemptLook;
}

/** This machine as a worker: its attempts' records lie on its own disk, and their processes are its own. */
export class LocalWorker implements WorkerPort {
  readonly place: RecordPlace;
  /** Tells whether each job can be bound to processors of its own. */
  readonly pinning: PinningSupport = pinningSupport();
  readonly #options: LocalWorkerOptions;
  readonly #memory = new AttemptMemory();
  /** By run id. */
  #known = new Map<string, Known>();

  constructor(options: LocalWorkerOptions) {
    this.place = options.place;
    this.#options = options;
  }

  offer(): Worker {
    return this.#options.offer();
  }

  look(attempts: readonly Attempt[]): AttemptLook[] {
    const moment = new Moment();
    const known = attempts.map((attempt) => this.#see(attempt, moment));
    this.#known = new Map(attempts.map(({ launch }, at) => [launch.runId, known[at] as Known]));
    const running = [...this.#known].filter(([, { state }]) => state.kind === "running");
    const traces = new Map(running.map(([runId, { trace }]) => [runId, trace]));
    this.#memory.peaks.sample(traces, performance.now());
    return known.map(({ look }) => look);
  }

  grant(processors: number, launches: readonly Launch[]): Pick<Launch, "processorIds"> {
    if (this.pinning.kind === "unavailable") return {};
    const taken = new Set(launches.flatMap((launch) => launch.processorIds ?? []));
    const ids = grantProcessors(this.pinning.processors, this.offer().processors, taken, processors);
    return ids === undefined ? {} : { processorIds: ids };
  }

  start(assigned: Assigned, prepare: () => void): StartAnswer {
    const { launch } = assigned.attempt;
    const { shimSpawned } = this.#memory;
    if (this.#areProcessorsGone(launch))
      return { kind: "impossible", why: "its processors are not there any more" };
    const failure = shimSpawned.get(launch.runId);
    shimSpawned.delete(launch.runId);
    if (failure !== undefined) return { kind: "refused", why: failure };
    const workingDirectory = workingDirectoryOf(assigned, this.#options.settings);
    // It has been there when the job was admitted: that is judged anew.
    if (workingDirectory === undefined)
      return { kind: "impossible", why: "the folder that it is to run in is not there any more" };
    prepare();
    this.#order(assigned, workingDirectory);
    return { kind: "ordered" };
  }

  // Granted by an earlier manager, perhaps on the machine before it was made smaller: it is to be granted others.
  #areProcessorsGone({ processorIds = [] }: Launch): boolean {
    const present = this.pinning.kind === "available" ? this.pinning.processors : [];
    return processorIds.length > 0 && !processorIds.some((id) => present.includes(id));
  }

  #order(assigned: Assigned, workingDirectory: string): void {
    const { spawnShim, settings, place, wake } = this.#options;
    const { folder, launch } = assigned.attempt;
    const { pendingShims, shimSpawned } = this.#memory;
    markSpawning(folder, currentBootId(), currentPidNamespace());
    // Never any other: a shim of an earlier manager may have passed since this one was looked at.
    if (this.#startSeen(launch) === "dead") removeDeadStart(folder);
    const order = shimOrder(assigned, workingDirectory, { ...settings(launch), worker: place.worker });
    pendingShims.add(launch.runId);
    shimSpawned.set(launch.runId, "its supervisor could not start: the disk may be full");
    spawnShim(order, (failure) => {
      pendingShims.delete(launch.runId);
      // Its end was seen before this word of it came, and it has been accounted for.
      if (!shimSpawned.has(launch.runId)) return;
      if (failure !== undefined) shimSpawned.set(launch.runId, `it cannot be started: ${failure}`);
      wake();
    });
  }

  takeBack({ launch, folder }: Attempt): boolean {
    const seen = this.#startSeen(launch);
    if (seen === "revoked") return true;
    if (seen === "dead") removeDeadStart(folder);
    return revokeStart(folder);
  }

  #startSeen({ runId }: Launch) {
    const state = this.#known.get(runId)?.state;
    return state?.kind === "claimed" ? state.start : undefined;
  }

  signal(attempt: Attempt, signal: "TERM" | "KILL"): string | undefined {
    const note: Note = (found) => this.#noteLeftRunning(attempt, found);
    const unsignalled =
      signal === "KILL" ? killJobTree(this.#traceOf(attempt), note) : this.#askToEnd(attempt, note);
    this.continueSupervisor(attempt);
    return unsignalled.length === 0 ? undefined : explainUnsignalled(unsignalled);
  }

  // Once: to many programs a second TERM means "at once", and what a job starts after the first is its tidying up. A command that
  // is just being launched is asked when it is there to hear it.
  #askToEnd(attempt: Attempt, note: Note): Unsignalled[] {
    const { askedToEnd } = this.#memory;
    const { runId } = attempt.launch;
    if (this.#known.get(runId)?.look.leftProcesses === 0 || askedToEnd.has(runId)) return [];
    const unsignalled = askJobTreeToEnd(this.#traceOf(attempt), note);
    askedToEnd.add(runId);
    return unsignalled;
  }

  continueSupervisor(attempt: Attempt): void {
    const { shim } = this.#traceOf(attempt);
    if (shim !== undefined) continueProcess(shim);
  }

  stillLives(attempt: Attempt): boolean {
    return lookForJobProcesses(this.#traceOf(attempt)).length > 0;
  }

  leftNote({ launch, folder }: Attempt): LeftNote | undefined {
    return this.#memory.left.get(launch.runId) ?? readLeft(folder);
  }

  peakBytes({ launch }: Attempt): number | undefined {
    return this.#memory.peaks.of(launch.runId);
  }

  forget({ launch }: Attempt): void {
    this.#memory.forget(launch.runId);
  }

  #traceOf({ launch, folder }: Attempt): JobTrace {
    return this.#known.get(launch.runId)?.trace ?? { token: launch.runId, attemptFolder: folder };
  }

  #see(attempt: Attempt, moment: Moment): Known {
    const { launch, folder, end } = attempt;
    const { shim, isOurs, evidence } = seeAttempt(attempt, this.#memory);
    const state = runStateOf(evidence);
    const isEnding = end !== undefined || state.kind === "exited" || state.kind === "vanished";
    // Only to end what is left of it. Without an exit record nobody knows until when the session's number was its own; in
    // another PID namespace it is a stranger's.
    const exit = evidence.kind === "started" ? evidence.exit : undefined;
    const session = isOurs && isEnding && state.kind !== "vanished" ? readSession(folder, exit) : undefined;
    const trace: JobTrace = { token: launch.runId, attemptFolder: folder, shim, session };
    const leftProcesses = isEnding && state.kind !== "claimed" ? moment.countProcesses(trace) : 0;
    const endingSeconds = isEnding ? this.#endingSeconds(launch, end) : undefined;
    return { trace, state, look: { evidence, leftProcesses, end, endingSeconds } };
  }

  #endingSeconds({ runId }: Launch, end: EndIntent | undefined): number {
    if (end === undefined) return this.#memory.ended.note(runId, os.uptime());
    return end.bootId === currentBootId() ? os.uptime() - end.atUptimeSeconds : Number.POSITIVE_INFINITY;
  }

  /**
   * Notes which processes of a job that has ended by itself are about to be ended. Of one that somebody ends nothing is noted.
   * Never throws: they stand still meanwhile. What the disk does not take is kept in memory.
   */
  #noteLeftRunning(attempt: Attempt, processes: readonly ProcessIdentity[]): void {
    const { launch, end } = attempt;
    if (this.#known.get(launch.runId)?.state.kind !== "exited" || end !== undefined) return;
    try {
      this.#addToNote(attempt, processes);
    } catch (error) {
      const why = explain(error);
      this.#options.warn("processes that a job left could not be noted", { job: launch.name, why });
    }
  }

  #addToNote(attempt: Attempt, processes: readonly ProcessIdentity[]): void {
    const before = this.leftNote(attempt);
    const found = processes.map(({ pid, startTicks }) => ({ pid, startTicks, name: programName(pid) }));
    const note = withLeft(before, found);
    if (note === before) return;
    this.#memory.left.set(attempt.launch.runId, note);
    writeLeft(attempt.folder, note);
  }
}

type Note = (found: readonly ProcessIdentity[]) => void;

/** One moment's process table, read only if some run asks for it, and again only for one that began before. */
class Moment {
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

function explainUnsignalled(unsignalled: readonly Unsignalled[]): string {
  const each = unsignalled.map(({ process, why }) => `process ${process.pid} (${why})`).join(", ");
  return `cannot be ended: ${each}; it runs as another user and has to be ended by hand`;
}

/**
 * Ends what lives on this machine of a run whose attempt's records are gone: only the mark in the environment tells which processes
 * are its own.
 */
export function endLeftovers(runId: string, jobFolder: string): void {
  killJobTree({ token: runId, attemptFolder: `${jobFolder}/.no-attempt` });
}
