/** How long to wait between tries, in milliseconds: the first pause, doubled each time up to the longest. */
export interface PauseRule {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** From half a minute to an hour. */
export const USUAL_PAUSES: PauseRule = { firstMs: 30_000, longestMs: 3_600_000 };

interface Pause {
  readonly tries: number;
  readonly untilMs: number;
}

/** What has failed and is to be tried again later, by name; times on the monotonic clock. */
export class Pauses {
  readonly #rule: PauseRule;
  readonly #pauses = new Map<string, Pause>();

  constructor(rule: PauseRule) {
    this.#rule = rule;
  }

  /** Lets something wait after one more failure. */
  extend(name: string, nowMs: number): void {
    const tries = (this.#pauses.get(name)?.tries ?? 0) + 1;
    const pauseMs = Math.min(this.#rule.longestMs, this.#rule.firstMs * 2 ** (tries - 1));
    this.#pauses.set(name, { tries, untilMs: nowMs + pauseMs });
  }

  /** Milliseconds until it may be tried; 0 when it may now. */
  leftMs(name: string, nowMs: number): number {
    return Math.max(0, (this.#pauses.get(name)?.untilMs ?? 0) - nowMs);
  }

  /**
   * Of these names the one to be tried next, and in how many milliseconds: the first that never failed, so that what
   * always fails keeps nothing waiting, else the one whose pause ends first.
   */
  soonest(
    names: Iterable<string>,
    nowMs: number,
  ): { readonly name: string; readonly leftMs: number } | undefined {
    let soonest: { readonly name: string; readonly leftMs: number } | undefined;
    for (const name of names) {
      if (!this.#pauses.has(name)) return { name, leftMs: 0 };
      const leftMs = this.leftMs(name, nowMs);
      if (soonest === undefined || leftMs < soonest.leftMs) soonest = { name, leftMs };
    }
    return soonest;
  }

  /** It went well, or is gone. */
  forget(name: string): void {
    this.#pauses.delete(name);
  }

  /** Everything may be tried now, and counts as not having failed. */
  clear(): void {
    this.#pauses.clear();
  }

  get size(): number {
    return this.#pauses.size;
  }
}
