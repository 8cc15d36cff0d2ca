/** A wait that ends after a time or when `end()` is called; `end()` before it makes the next wait return at once. */
export class Rest {
  #ended = false;
  #resume: (() => void) | undefined;

  /** Waits at most so many milliseconds. */
  async upTo(maxMs: number): Promise<void> {
    if (!this.#ended) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, maxMs);
        this.#resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#resume = undefined;
    this.#ended = false;
  }

  /** Ends the wait, or the next one. */
  end(): void {
    this.#ended = true;
    this.#resume?.();
  }
}
