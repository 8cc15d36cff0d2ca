/** How long to wait between tries, in milliseconds: the first pause, doubled each time up to the longest. */
export interface PauseRule {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** How long to wait after so many failures in a row, in milliseconds. */
export function pauseAfterMs(tries: number, { firstMs, longestMs }: PauseRule): number {
  return Math.min(longestMs, firstMs * 2 ** (tries - 1));
}

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
    this.#pauses.set(name, { tries, untilMs: nowMs + pauseAfterMs(tries, this.#rule) });
  }

  /** Milliseconds until it may be tried; 0 when it may now. */
  leftMs(name: string, nowMs: number): number {
    return Math.max(0, (this.#pauses.get(name)?.untilMs ?? 0) - nowMs);
  }

  /**
   * Of these names the one to be tried next, and in how many milliseconds: the first that never failed, so that what
   * always fails keeps nothing waiting, otherwise the one whose pause ends first.
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

  /** How many wait. */
  get size(): number {
    return this.#pauses.size;
  }
}
