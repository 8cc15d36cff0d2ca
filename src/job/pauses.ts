/** Pauses between tries, in milliseconds: the first pause, doubled each time up to the longest. */
export interface PauseRule {
  readonly firstMs: number;
  readonly longestMs: number;
}

interface Pause {
  readonly tries: number;
  readonly untilMs: number;
  readonly why: string;
}

/** Failed things that are to be tried again later, by name; times on the monotonic clock. */
export class Pauses {
  readonly #rule: PauseRule;
  readonly #pauses = new Map<string, Pause>();

  constructor(rule: PauseRule) {
    this.#rule = rule;
  }

  /** Lets something wait after one more failure; gives how many of them there have been in a row. */
  extend(name: string, nowMs: number, why = ""): number {
    const { firstMs, longestMs } = this.#rule;
    const tries = (this.#pauses.get(name)?.tries ?? 0) + 1;
    const pauseMs = Math.min(longestMs, firstMs * 2 ** (tries - 1));
    this.#pauses.set(name, { tries, untilMs: nowMs + pauseMs, why });
    return tries;
  }

  /**
   * The failure of whatever waits, by its name.
   * @param isWanted names that are wanted although they may be tried by now
   */
  reasons(nowMs: number, isWanted = (_name: string) => false): ReadonlyMap<string, string> {
    const wanted = [...this.#pauses].filter(([name, { untilMs }]) => untilMs > nowMs || isWanted(name));
    return new Map(wanted.map(([name, { why }]) => [name, why]));
  }

  /** The time at which the next of them may be tried; infinity when none waits. */
  nextMs(nowMs: number): number {
    const times = [...this.#pauses.values()].map(({ untilMs }) => untilMs);
    return Math.min(Number.POSITIVE_INFINITY, ...times.filter((untilMs) => untilMs > nowMs));
  }

  /** Forgets what was not tried again long after it could be: nobody wants it any more. */
  forgetOld(nowMs: number): void {
    for (const [name, { untilMs }] of this.#pauses)
      if (untilMs + this.#rule.longestMs < nowMs) this.#pauses.delete(name);
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

  /** Number of those that wait. */
  get size(): number {
    return this.#pauses.size;
  }
}
