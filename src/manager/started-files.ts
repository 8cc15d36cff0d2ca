import type { Log } from "../disk/log.ts";
import { explain } from "../queue/explain.ts";
import { writeStatus } from "../queue/igor-file.ts";
import type { ObservedRun } from "./run-scan.ts";

/** Writes into the info files in Igor's form that their jobs run: once each, after the start, and by this manager alone. */
export class StartedFiles {
  readonly #log: Log;
  /** Run ids that need no look any more. */
  #settled = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Sees to all runs whose command may run. Never throws: a file that cannot be written keeps no job from running. */
  mark(runs: readonly ObservedRun[]): void {
    const present = new Set(runs.map(({ launch }) => launch.runId));
    this.#settled = new Set([...this.#settled].filter((runId) => present.has(runId)));
    for (const run of runs) if (run.state.kind === "running" && run.folderPresent) this.#markOne(run);
  }

  #markOne({ launch, jobFolder }: ObservedRun): void {
    if (this.#settled.has(launch.runId)) return;
    this.#settled.add(launch.runId);
    try {
      writeStatus(jobFolder, { infoFile: launch.info.infoFile, state: "running" });
    } catch (error) {
      const why = explain(error);
      this.#log.warn("a job's info file could not be told that it runs", { job: launch.name, why });
    }
  }
}
