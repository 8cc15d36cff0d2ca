import type { Log } from "../disk/log.ts";
import { explain } from "../queue/explain.ts";
import { writeStatus } from "../queue/igor-file.ts";
import { OnceARun } from "./once-a-run.ts";
import type { ObservedRun } from "./run-scan.ts";

/** Writes into the info files in Igor's form that their jobs run: once each, after the start, and by this manager alone. */
export class StartedFiles {
  readonly #log: Log;
  readonly #once = new OnceARun();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Sees to all runs whose command may run. Never throws: a file that cannot be written keeps no job from running. */
  mark(runs: readonly ObservedRun[]): void {
    const mayRun = ({ state, folderPresent }: ObservedRun) => state.kind === "running" && folderPresent;
    this.#once.each(runs, mayRun, (run) => this.#markOne(run));
  }

  #markOne({ launch, jobFolder }: ObservedRun): void {
    try {
      writeStatus(jobFolder, { infoFile: launch.info.infoFile, state: "running" });
    } catch (error) {
      const why = explain(error);
      this.#log.warn("a job's info file could not be told that it runs", { job: launch.name, why });
    }
  }
}
