import path from "node:path";
import { syncFolder } from "../disk/durable.ts";
import type { RecordPlace } from "../job/build-record.ts";
import type { EndIntent, Launch } from "../job/launch.ts";
import type { LeftNote } from "../job/left-processes.ts";
import type { RunEvidence } from "../plan/run-state.ts";
import { isGone, type Worker } from "../plan/worker.ts";
import type { Attempt } from "../queue/attempts/attempts.ts";
import { readInputs } from "../queue/books/job-records.ts";
import {
  orderedInputs,
  readOrderMarks,
  wakeWorker,
  writeRevoked,
  writeStartOrder,
} from "../queue/workers/order.ts";
import type { ReportedAttempt } from "../queue/workers/report.ts";
import type { ReportWatch } from "./report-watch.ts";
import type { Assigned, AttemptLook, StartAnswer, WorkerPort } from "./worker-port.ts";

/** The settings of the queue that go with an order. */
export type OrderSettings = () => {
  readonly killGraceSeconds: number;
  readonly jobEnvironment: Readonly<Record<string, string>>;
};

/**
 * A worker on another machine, by its report and the orders for it. It alone starts attempts and ends them; here its word is awaited,
 * however long that takes.
 */
export class RemoteWorker implements WorkerPort {
  readonly #name: string;
  readonly #watch: ReportWatch;
  readonly #settings: OrderSettings;
  /** Run ids of attempts that may start: this never becomes untrue. */
  readonly #ordered = new Set<string>();

  constructor(name: string, watch: ReportWatch, settings: OrderSettings) {
    this.#name = name;
    this.#watch = watch;
    this.#settings = settings;
  }

  get place(): RecordPlace {
    return { worker: this.#name, host: this.#watch.report?.host ?? this.#name };
  }

  offer(): Worker {
    const { report, closed, hearing, lastWordMs } = this.#watch;
    return {
      ...(report?.offer ?? UNKNOWN_OFFER),
      name: this.#name,
      host: report?.host,
      closed,
      hearing,
      lastWordMs,
    };
  }

  /** True where it was stopped in order. */
  get isStopped(): boolean {
    return this.#watch.report?.state === "stopped";
  }

  look(attempts: readonly Attempt[]): AttemptLook[] {
    const runIds = new Set(attempts.map(({ launch }) => launch.runId));
    for (const runId of this.#ordered) if (!runIds.has(runId)) this.#ordered.delete(runId);
    return attempts.map((attempt) => this.#lookAt(attempt));
  }

  #lookAt(attempt: Attempt): AttemptLook {
    const reported = this.#reportOf(attempt);
    const isOrdered = reported !== undefined || this.#isOrdered(attempt);
    if (reported === undefined)
      return {
        evidence: untold(attempt, isOrdered),
        leftProcesses: 0,
        end: attempt.end,
        waitsFor: this.#unanswered(isOrdered),
      };
    const { evidence, leftProcesses, endingSeconds, waitsFor } = reported;
    return {
      evidence: awaited(evidence, attempt),
      leftProcesses,
      end: endOf(attempt, reported),
      endingSeconds,
      waitsFor: waitsFor ?? this.#silence,
    };
  }

  // A worker that is at work takes an order within a second or two.
  #unanswered(isOrdered: boolean): string | undefined {
    const { closed } = this.#watch;
    return isOrdered ? `waits for ${this.#name}${closed === undefined ? "" : `: ${closed}`}` : undefined;
  }

  get #silence(): string | undefined {
    const { hearing, closed = "" } = this.#watch;
    return isGone(hearing) ? `${this.#name}: ${closed}` : undefined;
  }

  #reportOf({ launch }: Attempt): ReportedAttempt | undefined {
    return this.#watch.report?.attempts[launch.runId];
  }

  #isOrdered({ launch, folder }: Attempt): boolean {
    if (!this.#ordered.has(launch.runId) && readOrderMarks(folder).isOrdered) this.#ordered.add(launch.runId);
    return this.#ordered.has(launch.runId);
  }

  grant(): Pick<Launch, "remote"> {
    return { remote: true };
  }

  start({ attempt, jobFolder }: Assigned, prepare: () => void): StartAnswer {
    prepare();
    const inputs = readInputs(jobFolder);
    if (inputs === undefined) return { kind: "refused", why: "the list of its inputs cannot be read" };
    // Once it may be started, nobody may find the job in the queue again, whatever comes.
    syncFolder(path.dirname(jobFolder));
    const { killGraceSeconds, jobEnvironment: environment } = this.#settings();
    writeStartOrder(attempt.folder, { inputs: orderedInputs(inputs), killGraceSeconds, environment });
    return { kind: "ordered" };
  }

  /**
   * An attempt that was never ordered cannot start once it is marked as taken back; of one that was, the worker tells. Until then
   * false.
   */
  takeBack(attempt: Attempt): boolean {
    const { isRevoked } = readOrderMarks(attempt.folder);
    if (!isRevoked) writeRevoked(attempt.folder);
    if (!readOrderMarks(attempt.folder).isOrdered) return true;
    const evidence = this.#reportOf(attempt)?.evidence;
    return evidence?.kind === "unstarted" && evidence.start === "revoked";
  }

  /** The worker does it by itself, by the decision in the order. */
  signal({ folder }: Attempt): undefined {
    wakeWorker(folder);
  }

  /** The worker does it by itself. */
  continueSupervisor(): void {
    // Nothing is to be done here.
  }

  /** The worker has looked twice before it told that nothing is left. */
  stillLives(attempt: Attempt): boolean {
    return (this.#reportOf(attempt)?.leftProcesses ?? 0) > 0;
  }

  leftNote(attempt: Attempt): LeftNote | undefined {
    return this.#reportOf(attempt)?.leftNote;
  }

  peakBytes(attempt: Attempt): number | undefined {
    return this.#reportOf(attempt)?.peakMemoryBytes;
  }

  forget({ launch }: Attempt): void {
    this.#ordered.delete(launch.runId);
  }
}

const UNKNOWN_OFFER = { processors: 1, pools: [], labels: [], onlyNamed: true, os: "linux", memoryBytes: 0 };

// A launch that was ordered may start at any moment, though nothing is told of it yet.
function untold({ launch, verified }: Attempt, isOrdered: boolean): RunEvidence {
  return {
    kind: "unstarted",
    start: "none",
    attemptHeld: false,
    spawnedBefore: false,
    shimPending: isOrdered,
    verified,
    claimedAtMs: launch.claimedAtMs,
  };
}

// That it is whole was seen here; that it starts is awaited.
function awaited(evidence: RunEvidence, { verified }: Attempt): RunEvidence {
  return evidence.kind === "started" ? evidence : { ...evidence, verified, shimPending: true };
}

/**
 * The decision to end a run that counts: the worker's, whose clock tells whether the job had ended before. One that was taken here and
 * did not reach the worker before the job's own end came too late, unless it says that the run is lost.
 */
function endOf({ end }: Attempt, { end: workers, evidence }: ReportedAttempt): EndIntent | undefined {
  if (workers !== undefined || end === undefined) return workers;
  const hasEnded = evidence.kind === "started" && evidence.exit.kind === "exited";
  return hasEnded && end.kind !== "lost" ? undefined : end;
}
