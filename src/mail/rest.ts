/** A rest that ends when its time is over or when somebody wants it to; also one that has not begun yet. */
export class Rest {
  #ended = false;
  #resume: (() => void) | undefined;

  /** Rests at most so many milliseconds. */
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

  /** Ends the rest, or the next one. */
  end(): void {
    this.#ended = true;
    this.#resume?.();
  }
}
