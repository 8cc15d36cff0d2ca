import { beginOf, findJobProcesses } from "../worker/job-tree.ts";
import { residentBytes } from "../worker/memory.ts";
import { readProcessTable } from "../worker/process-table.ts";
import type { ObservedRun } from "./run-scan.ts";

const SAMPLE_GAP_MS = 2000;
/** One that has only just started holds nothing yet. */
const FIRST_SAMPLE_GAP_MS = 200;

/** The most memory each running job was seen to hold, sampled; kept in memory only, so an adopted job starts anew. */
export class Peaks {
  readonly #bytes = new Map<string, number>();
  #nextSampleMs = 0;

  /** Takes a sample of every running job when one is due. */
  sample(runs: readonly ObservedRun[], nowMs: number): void {
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
