/** A rest between two looks that events can shorten: they carry no truth, and any number of them asks for one look. */
export class Rest {
  #woken = false;
  #resume: (() => void) | undefined;

  /** Ends the rest; before one it makes that end at once. */
  wake(): void {
    this.#woken = true;
    this.#resume?.();
  }

  /** Rests until woken, at most so many milliseconds. */
  async upTo(maxMs: number): Promise<void> {
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

  /** True where the next rest ends at once. */
  get isWoken(): boolean {
    return this.#woken;
  }
}
