import type { LeftNote } from "../job/left-processes.ts";
import { Lasting } from "../text/lasting.ts";
import type { StartRecord } from "./process/attempt-records.ts";
import { residentBytes } from "./process/identity.ts";
import { beginOf, findJobProcesses, type JobTrace } from "./process/job-tree.ts";
import { readProcessTable } from "./process/process-table.ts";

/** All that a process remembers of the attempts of its machine while they last, by run id; a crash may take all of it. */
export class AttemptMemory {
  /** A shim of this process is under way: it was spawned and has not been seen to end. */
  readonly pendingShims = new Set<string>();
  /** A shim has started. */
  readonly starts = new Map<string, StartRecord>();
  /** This process has spawned a shim; one that has to be spawned again waits first, for this reason. */
  readonly shimSpawned = new Map<string, string>();
  /** This process has asked the job's processes to end. */
  readonly askedToEnd = new Set<string>();
  /** The processes that were ended behind a command that had ended by itself. */
  readonly left = new Map<string, LeftNote>();
  readonly peaks = new Peaks();
  /** The run has ended, and children of it may be left. */
  readonly ended = new Lasting();

  /** Forgets a run that has been accounted for; a shim of it that is still under way is forgotten when that ends. */
  forget(runId: string): void {
    this.starts.delete(runId);
    this.shimSpawned.delete(runId);
    this.askedToEnd.delete(runId);
    this.left.delete(runId);
    this.peaks.forget(runId);
    this.ended.end(runId);
  }
}

const SAMPLE_GAP_MS = 2000;
/** One that has only just started holds nothing yet. */
const FIRST_SAMPLE_GAP_MS = 200;

/** The most memory each running job was seen to hold, sampled; kept in memory only, so an adopted job starts anew. */
class Peaks {
  readonly #bytes = new Map<string, number>();
  #nextSampleMs = 0;

  /** Takes a sample of every running job when one is due. `traces` are theirs, by run id. */
  sample(traces: ReadonlyMap<string, JobTrace>, nowMs: number): void {
    if (traces.size === 0 || nowMs < this.#nextSampleMs) return;
    const table = readProcessTable(Math.min(...[...traces.values()].map(beginOf)));
    for (const [runId, trace] of traces) {
      const bytes = residentBytes(findJobProcesses(table, trace));
      this.#bytes.set(runId, Math.max(bytes, this.#bytes.get(runId) ?? 0));
    }
    const isEachSeen = [...traces.keys()].every((runId) => this.of(runId) !== undefined);
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
