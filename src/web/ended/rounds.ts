/** So long names are looked at in one go, and so much longer not again. */
const LOOKING_MS = 20;
const REST_FACTOR = 20;

/** Looks at names, of which there may be many, a few at a time and in turn, with a rest in between. */
export class Rounds {
  #looks = 0;
  #restUntilMs = 0;

  /** Whether it is time for the next few. */
  get isDue(): boolean {
    return performance.now() >= this.#restUntilMs;
  }

  /** Looks at the next few of these names. Throws what a look throws. */
  async lookAtNext(names: readonly string[], look: (name: string) => Promise<void>): Promise<void> {
    const fromMs = performance.now();
    let tookMs = 0;
    for (let looks = 0; looks < names.length && tookMs <= LOOKING_MS; looks += 1) {
      await look(names[this.#looks % names.length] ?? "");
      this.#looks += 1;
      tookMs = performance.now() - fromMs;
    }
    this.#restUntilMs = fromMs + tookMs * (1 + REST_FACTOR);
  }
}
