import fs from "node:fs";
import path from "node:path";
import { type OpenLog, openLogForReading } from "../disk/safe-read.ts";
import { startOfLastLines } from "../queue/files/job-log.ts";
import { JOB_FILES } from "../queue/layout.ts";

const CHUNK_BYTES = 64 * 1024;

/** A job's log, read as it grows. */
export class GrowingLog implements Disposable {
  readonly #take: (bytes: Buffer) => Promise<void>;
  #log: OpenLog | undefined;
  #position = 0;

  /** @param take is given the bytes in their order; no more are read before it has returned */
  constructor(take: (bytes: Buffer) => Promise<void>) {
    this.#take = take;
  }

  /** Hands on what has been added to the log in a job's folder; a new log in its place is begun from its start. */
  async readNew(folder: string): Promise<void> {
    await this.#drain();
    const now = openLog(folder);
    if (now === undefined) return;
    if (now.identity === this.#log?.identity) {
      now[Symbol.dispose]();
      return;
    }
    this[Symbol.dispose]();
    this.#log = now;
    this.#position = 0;
    await this.#drain();
  }

  /** Begins at the last `count` lines instead of at the start; for before the first reading. */
  beginAtLastLines(folder: string, count: number): void {
    this.#log = openLog(folder);
    if (this.#log !== undefined) this.#position = startOfLastLines(this.#log, count) ?? 0;
  }

  [Symbol.dispose](): void {
    this.#log?.[Symbol.dispose]();
    this.#log = undefined;
  }

  async #drain(): Promise<void> {
    const log = this.#log;
    if (log === undefined) return;
    const bytes = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const count = fs.readSync(log.handle, bytes, 0, bytes.length, this.#position);
      if (count === 0) return;
      this.#position += count;
      await this.#take(bytes.subarray(0, count));
    }
  }
}

function openLog(folder: string): OpenLog | undefined {
  return openLogForReading(path.join(folder, JOB_FILES.log));
}
