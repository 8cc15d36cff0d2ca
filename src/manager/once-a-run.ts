import type { ObservedRun } from "./run-scan.ts";

/** Does something once for each run. It is cached in memory for whom that was done: the next manager does it again. */
export class OnceARun {
  /** Run ids. */
  #done = new Set<string>();

  /** Does it for those of the present runs whose turn has come. What `act` throws ends the round; that run has its turn again. */
  each(
    runs: readonly ObservedRun[],
    isDue: (run: ObservedRun) => boolean,
    act: (run: ObservedRun) => void,
  ): void {
    const present = new Set(runs.map(({ launch }) => launch.runId));
    this.#done = new Set([...this.#done].filter((runId) => present.has(runId)));
    for (const run of runs) {
      if (this.#done.has(run.launch.runId) || !isDue(run)) continue;
      act(run);
      this.#done.add(run.launch.runId);
    }
  }
}
