import fs from "node:fs";
import path from "node:path";
import type { Config } from "../config/config.ts";
import { isThere } from "../disk/is-there.ts";
import { type RecordPlace, recordAtStart } from "../job/build-record.ts";
import { startLetter } from "../mail/job-letter.ts";
import type { Letter } from "../mail/letter.ts";
import { addresseesAtStart } from "../mail/recipients.ts";
import type { Layout } from "../queue/layout.ts";
import { surroundingsOf } from "./job-surroundings.ts";
import type { ObservedRun } from "./run-scan.ts";

interface StartLettersParts {
  readonly layout: Layout;
  readonly place: RecordPlace;
  readonly config: () => Config;
  /** Puts a letter into the outbox. Throws what the file system throws. */
  readonly post: (letter: Letter) => void;
}

/** In the attempt's folder: its letter is in the outbox. */
const MARK = "start-mailed";

/** Tells those who want to know that a job has started: once, by a mark among the attempt's records. */
export class StartLetters {
  readonly #parts: StartLettersParts;
  /** Run ids that need no look any more. */
  #settled = new Set<string>();

  constructor(parts: StartLettersParts) {
    this.#parts = parts;
  }

  /** Writes the letters of all runs that have started. Throws what the file system throws. */
  report(runs: readonly ObservedRun[]): void {
    const present = new Set(runs.map(({ launch }) => launch.runId));
    this.#settled = new Set([...this.#settled].filter((runId) => present.has(runId)));
    for (const run of runs) {
      if (run.state.kind === "claimed" || this.#settled.has(run.launch.runId)) continue;
      this.#reportOne(run);
      this.#settled.add(run.launch.runId);
    }
  }

  #reportOne({ launch, attempt }: ObservedRun): void {
    const { layout, place, config, post } = this.#parts;
    const { mail } = config();
    const to = addresseesAtStart(launch.info, mail);
    const mark = path.join(attempt.folder, MARK);
    if (to.length === 0 || isThere(mark)) return;
    const record = recordAtStart(launch, place);
    post(
      startLetter(record, to, surroundingsOf(record, { layout, mail, folder: undefined, shelf: "running" })),
    );
    fs.writeFileSync(mark, "");
  }
}
