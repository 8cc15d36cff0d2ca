import { readFresh } from "../disk/safe-read.ts";
import { parseStatus } from "../job/published-status.ts";
import type { Layout } from "../queue/layout.ts";

const MAX_STATUS_BYTES = 256 * 1024 * 1024;
/** One look may come between a job's admission and the status that tells of it. */
const LASTING_MS = 3000;

/** Tells when a queue has nothing more for a worker: by what its manager publishes once it has heard of that worker. */
export class Emptiness {
  readonly #layout: Layout;
  readonly #worker: string;
  /** Since when that has been so at each look, on the monotonic clock. */
  #sinceMs: number | undefined;

  constructor(layout: Layout, worker: string) {
    this.#layout = layout;
    this.#worker = worker;
  }

  /** True once it has been so for some seconds. Throws what the file system throws. */
  look(nowMs: number): boolean {
    this.#sinceMs = this.#isEmpty() ? (this.#sinceMs ?? nowMs) : undefined;
    return this.#sinceMs !== undefined && nowMs - this.#sinceMs >= LASTING_MS;
  }

  #isEmpty(): boolean {
    const status = parseStatus(readFresh(this.#layout.status, MAX_STATUS_BYTES) ?? "");
    const own = status?.workers.find(({ name }) => name === this.#worker);
    if (status === undefined || own === undefined || own.state === "silent") return false;
    return own.running.length === 0 && own.waiting === 0 && status.arriving.length === 0;
  }
}
