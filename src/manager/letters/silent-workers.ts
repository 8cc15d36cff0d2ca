import path from "node:path";
import * as z from "zod";
import { writeFileDurably } from "../../disk/durable.ts";
import { readRegularText } from "../../disk/safe-read.ts";
import type { SilentWorker } from "../../mail/manager-letters.ts";
import type { Run } from "../../plan/snapshot.ts";
import type { Worker } from "../../plan/worker.ts";
import { parseJson } from "../../text/parse-json.ts";

const toldSchema = z.array(z.string());
const MAX_BYTES = 1024 * 1024;
const FILE_MODE = 0o600;

/** Tells once of each worker that falls silent, and once when it is back. A file names those that were told of, over restarts. */
export class SilentWorkers {
  readonly #file: string;
  #told: readonly string[];

  constructor(outbox: string) {
    this.#file = path.join(outbox, "silent-workers.json");
    this.#told = parseJson(toldSchema, readRegularText(this.#file, MAX_BYTES)) ?? [];
  }

  /** Calls `tell` for each that is news at this look; again at the next if that throws. Throws what the file system throws. */
  watch(
    workers: readonly Worker[],
    runs: readonly Pick<Run, "name" | "worker">[],
    tell: (news: SilentWorker) => void,
  ): void {
    for (const worker of workers) {
      const { name, hearing } = worker;
      const wasTold = this.#told.includes(name);
      if (hearing !== (wasTold ? "heard" : "silent")) continue;
      tell(newsOf(worker, runs));
      this.#keep(wasTold ? this.#told.filter((one) => one !== name) : [...this.#told, name]);
    }
    const present = this.#told.filter((name) => workers.some((worker) => worker.name === name));
    if (present.length < this.#told.length) this.#keep(present);
  }

  #keep(told: readonly string[]): void {
    this.#told = told;
    writeFileDurably(this.#file, JSON.stringify(told), FILE_MODE);
  }
}

function newsOf(
  { name, host = name, closed, hearing }: Worker,
  runs: readonly Pick<Run, "name" | "worker">[],
): SilentWorker {
  const jobs = runs.filter(({ worker }) => worker === name).map((run) => run.name);
  return { name, host, why: hearing === "silent" ? closed : undefined, jobs };
}
