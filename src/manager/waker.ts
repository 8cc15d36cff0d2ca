/** Turns any number of events into "look again": they carry no truth, they only shorten a rest. */
export class Waker {
  #woken = false;
  #resume: (() => void) | undefined;

  /** Asks for another pass; before a rest it makes that rest end at once. */
  wake(): void {
    this.#woken = true;
    this.#resume?.();
  }

  /** Rests until woken, at most `maxMs` milliseconds. */
  async rest(maxMs: number): Promise<void> {
    if (!this.#woken && maxMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, maxMs);
        this.#resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#resume = undefined;
    this.#woken = false;
  }

  get isWoken(): boolean {
    return this.#woken;
  }
}
