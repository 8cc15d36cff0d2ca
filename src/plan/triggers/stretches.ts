/** The reason why an occurrence did not run, in one word. */
export type NotRun = "missed" | "excluded" | "skipped" | "disabled" | "faulty";

/** Occurrences one after another that did not run for the same reason: one line of the history. */
export interface Stretch {
  readonly state: NotRun;
  /** For people. */
  readonly why: string;
  /** The times at which the first and the last of them were due. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
}

/** A stretch by one occurrence more. */
export function longerStretch(
  stretch: Stretch | undefined,
  state: NotRun,
  why: string,
  dueMs: number,
): Stretch {
  const { firstMs = dueMs, count = 0 } = stretch ?? {};
  return { state, why, firstMs, lastMs: dueMs, count: count + 1 };
}

/** The open stretch of a job, and those that have ended. */
export class Stretches {
  #open: Stretch | undefined;
  readonly #ended: Stretch[] = [];

  constructor(open: Stretch | undefined) {
    this.#open = open;
  }

  get open(): Stretch | undefined {
    return this.#open;
  }

  get ended(): readonly Stretch[] {
    return this.#ended;
  }

  /** One more that did not run: of the open stretch if for the same reason, else the first of a new one. */
  add(state: NotRun, why: string, dueMs: number): void {
    if (this.#open?.state !== state || this.#open.why !== why) this.end();
    this.#open = longerStretch(this.#open, state, why, dueMs);
  }

  /** The open stretch is over: the reason has gone, or an occurrence ran. */
  end(): void {
    if (this.#open !== undefined) this.#ended.push(this.#open);
    this.#open = undefined;
  }

  /** Stretches that have ended and may lie within one another; the open one ends with them. */
  addEnded(stretches: readonly Stretch[]): void {
    const open = this.#open;
    if (open === undefined || stretches.length === 0) return void this.#ended.push(...stretches);
    this.#open = undefined;
    const same = stretches.find(({ state, why }) => state === open.state && why === open.why);
    if (same === undefined) this.#ended.push(open, ...stretches);
    else this.#ended.push(...stretches.map((each) => (each === same ? joined(open, same) : each)));
  }
}

function joined(one: Stretch, later: Stretch): Stretch {
  return { ...later, firstMs: one.firstMs, count: one.count + later.count };
}
