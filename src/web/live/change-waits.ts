import { tryOr } from "../../text/try-or.ts";
import type { LiveQueue } from "./live-queue.ts";

/** As new as the view of the queue is. */
const LOOK_MS = 400;
/** So long what the view does not show stays unseen. */
const LONGEST_GAP_MS = 4000;

/** Somebody who waits, until a time on the monotonic clock. */
interface Waiting {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** Wakes requests that wait for a change of the queue, by one look for all of them; looks only while somebody waits. */
export class ChangeWaits {
  readonly #live: Pick<LiveQueue, "version">;
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;
  #version = 0;
  #wokenMs = 0;

  constructor(live: Pick<LiveQueue, "version">) {
    this.#live = live;
  }

  /**
   * Resolves after a change, at `untilMs` on the monotonic clock, when the client has gone, or after some seconds, whatever comes first.
   * Never rejects.
   */
  async next(untilMs: number, client: AbortSignal): Promise<void> {
    if (client.aborted) return;
    const { promise, resolve: wake } = withResolver();
    const waiting = { untilMs, wake };
    this.#waiting.add(waiting);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
    client.addEventListener("abort", wake);
    await promise;
    client.removeEventListener("abort", wake);
    this.#waiting.delete(waiting);
    if (this.#waiting.size === 0) this.close();
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const nowMs = performance.now();
    const isForAll = this.#hasChanged() || nowMs - this.#wokenMs >= LONGEST_GAP_MS;
    if (isForAll) this.#wokenMs = nowMs;
    for (const { untilMs, wake } of this.#waiting) if (isForAll || nowMs >= untilMs) wake();
  }

  // A folder that cannot be read just now is told by those who look at it.
  #hasChanged(): boolean {
    const version = tryOr(() => this.#live.version(), -1);
    const isNews = version !== this.#version;
    this.#version = version;
    return isNews;
  }
}

function withResolver() {
  let resolve = () => {};
  const promise = new Promise<void>((resolved) => {
    resolve = resolved;
  });
  return { promise, resolve };
}
