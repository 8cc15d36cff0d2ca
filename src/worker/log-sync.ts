import fs from "node:fs";
import path from "node:path";
import { openLogForReading } from "../disk/safe-read.ts";
import type { Run } from "../plan/snapshot.ts";
import { JOB_FILES, type Layout } from "../queue/layout.ts";
import { tryOr } from "../text/try-or.ts";

const GAP_MS = 2000;

/** Makes what running jobs write into their logs visible to other machines: a mount keeps it back until it is synced. */
export class LogSync {
  /** By run id. */
  readonly #sizes = new Map<string, number>();
  #dueMs = 0;

  /** Syncs the logs that have grown, every two seconds at most. Never throws. */
  sync(runs: readonly Run[], { running }: Layout): void {
    if (performance.now() < this.#dueMs) return;
    this.#dueMs = performance.now() + GAP_MS;
    for (const { name, launch, state } of runs)
      if (state.kind === "running") this.#syncOne(launch.runId, path.join(running, name, JOB_FILES.log));
  }

  #syncOne(runId: string, file: string): void {
    tryOr(() => {
      using log = openLogForReading(file);
      if (log === undefined || log.size === this.#sizes.get(runId)) return;
      fs.fsyncSync(log.handle);
      this.#sizes.set(runId, log.size);
    }, undefined);
  }
}
