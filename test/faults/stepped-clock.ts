import fs from "node:fs";
import path from "node:path";
import type { Manager, TestQueue } from "../support/test-queue.ts";
import { orSkip } from "../support/tools.ts";
import { takesOver } from "./own-queue.ts";

/** The library that sets a clock for one process. */
export const FAKETIME_LIBRARY = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/faketime/libfaketime.so.1`;

/** True if there is libfaketime for the tests that need it, as {@link orSkip}. */
export function faketimeOrSkip(): boolean {
  return orSkip(fs.existsSync(FAKETIME_LIBRARY), "libfaketime (package faketime)");
}

/** The clock on the wall as the managers of one queue see it, to be set while they run; no other clock is touched. */
export class SteppedClock {
  readonly #queue: TestQueue;
  readonly #file: string;
  readonly #beganMs = performance.now();
  readonly #managers: Manager[] = [];

  private constructor(queue: TestQueue) {
    this.#queue = queue;
    this.#file = path.join(queue.base, "clock");
    this.step("+0");
  }

  /** Gives a test such a clock for its queue. */
  static async use(queue: TestQueue, use: (clock: SteppedClock) => Promise<void>): Promise<void> {
    const clock = new SteppedClock(queue);
    try {
      await use(clock);
    } finally {
      await clock.#sweep();
    }
  }

  /** Starts a manager that goes by it. Times of files stay true. */
  async startManager(): Promise<Manager> {
    const manager = this.#queue.launch({
      environment: {
        LD_PRELOAD: FAKETIME_LIBRARY,
        FAKETIME_TIMESTAMP_FILE: this.#file,
        FAKETIME_NO_CACHE: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        NO_FAKE_STAT: "1",
      },
    });
    this.#managers.push(manager);
    await takesOver(this.#queue, manager);
    return manager;
  }

  /** Sets it: "+100d" is a hundred days ahead of the true time. */
  step(by: string): void {
    fs.writeFileSync(`${this.#file}.new`, `${by}\n`);
    fs.renameSync(`${this.#file}.new`, this.#file);
  }

  /** The seconds that have truly passed. */
  get trueSeconds(): number {
    return (performance.now() - this.#beganMs) / 1000;
  }

  // The library leaves something behind of a process that was killed.
  async #sweep(): Promise<void> {
    for (const manager of this.#managers) {
      await manager.kill();
      for (const name of [`faketime_shm_${manager.pid}`, `sem.faketime_sem_${manager.pid}`])
        fs.rmSync(path.join("/dev/shm", name), { force: true });
    }
  }
}
