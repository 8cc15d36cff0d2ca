import type { LeftNote } from "../job/left-processes.ts";
import type { Run } from "../plan/snapshot.ts";
import type { Surveyor } from "../queue/intake/survey.ts";
import type { RequestWatch } from "../queue/requests.ts";
import type { StartRecord } from "../worker/process/attempt-records.ts";
import { residentBytes } from "../worker/process/identity.ts";
import { beginOf, findJobProcesses, type JobTrace } from "../worker/process/job-tree.ts";
import { readProcessTable } from "../worker/process/process-table.ts";

/** All that this manager remembers of the runs while they last, by run id; a crash may take all of it. */
export class RunMemory {
  /** A shim of this manager's is under way: it was spawned and has not been seen to end. */
  readonly pendingShims = new Set<string>();
  /** A shim has started. */
  readonly starts = new Map<string, StartRecord>();
  /** The claimed folder is being looked at once more. */
  readonly surveyors = new Map<string, Surveyor>();
  /** This manager has spawned a shim; one that has to be spawned again waits first, for this reason. */
  readonly shimSpawned = new Map<string, string>();
  /** This manager has asked the processes to end. */
  readonly askedToEnd = new Set<string>();
  /** The processes that were ended behind a command that had ended by itself. */
  readonly left = new Map<string, LeftNote>();
  readonly peaks = new Peaks();
  /** The run has ended, and children of it may be left. */
  readonly ended = new Lasting();
  /** The run's folder is not in `QM_Jobs`. */
  readonly missed = new Lasting();
  /** A folder lies in `QM_Jobs` of which no record tells: by its name. */
  readonly unrecorded = new Lasting();

  /** Looks for requests in the run's folder. */
  readonly requests = new Map<string, RequestWatch>();

  /** Forgets for how long folders have been missed, or seen without records. */
  forgetMissed(): void {
    this.missed.endAllBut(new Set());
    this.unrecorded.endAllBut(new Set());
  }

  /** Forgets a run that has been accounted for; a shim of it that is still under way is forgotten when that ends. */
  forget(runId: string): void {
    this.starts.delete(runId);
    this.surveyors.delete(runId);
    this.shimSpawned.delete(runId);
    this.askedToEnd.delete(runId);
    this.left.delete(runId);
    this.requests.delete(runId);
    this.peaks.forget(runId);
    this.ended.end(runId);
    this.missed.end(runId);
  }
}

/** For how long something has been so at each look, by a key; kept in memory only. */
class Lasting {
  readonly #since = new Map<string, number>();

  /** It is so at this look: for how many seconds it has been, 0 for the first time. */
  note(key: string, uptimeSeconds: number): number {
    const since = this.#since.get(key) ?? uptimeSeconds;
    this.#since.set(key, since);
    return uptimeSeconds - since;
  }

  /** It is not so any more. */
  end(key: string): void {
    this.#since.delete(key);
  }

  /** Nothing but these is so any more. */
  endAllBut(keys: ReadonlySet<string>): void {
    for (const key of this.#since.keys()) if (!keys.has(key)) this.#since.delete(key);
  }
}

const SAMPLE_GAP_MS = 2000;
/** One that has only just started holds nothing yet. */
const FIRST_SAMPLE_GAP_MS = 200;

type TracedRun = Pick<Run, "state" | "launch"> & { readonly trace: JobTrace };

/** The most memory each running job was seen to hold, sampled; kept in memory only, so an adopted job starts anew. */
class Peaks {
  readonly #bytes = new Map<string, number>();
  #nextSampleMs = 0;

  /** Takes a sample of every running job when one is due. */
  sample(runs: readonly TracedRun[], nowMs: number): void {
    const running = runs.filter((run) => run.state.kind === "running");
    if (running.length === 0 || nowMs < this.#nextSampleMs) return;
    const table = readProcessTable(Math.min(...running.map(({ trace }) => beginOf(trace))));
    for (const { launch, trace } of running) {
      const bytes = residentBytes(findJobProcesses(table, trace));
      this.#bytes.set(launch.runId, Math.max(bytes, this.#bytes.get(launch.runId) ?? 0));
    }
    const isEachSeen = running.every(({ launch }) => this.of(launch.runId) !== undefined);
    this.#nextSampleMs = nowMs + (isEachSeen ? SAMPLE_GAP_MS : FIRST_SAMPLE_GAP_MS);
  }

  /** Bytes; undefined for a job that ended before it could be looked at. */
  of(runId: string): number | undefined {
    const bytes = this.#bytes.get(runId);
    return bytes === 0 ? undefined : bytes;
  }

  /** Forgets a run that has been accounted for. */
  forget(runId: string): void {
    this.#bytes.delete(runId);
  }
}
