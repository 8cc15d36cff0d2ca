/** A rest between two looks that events can shorten: they carry no truth, and any number of them asks for one look. */
export class Rest {
  #isWoken = false;
  #end: () => void = () => undefined;

  /** Ends the rest; before one it makes that end at once. */
  wake(): void {
    this.#isWoken = true;
    this.#end();
  }

  /** Rests until woken, at most so many milliseconds. */
  async upTo(maxMs: number): Promise<void> {
    if (maxMs > 0 && !this.#isWoken) await this.#untilWoken(maxMs);
    this.#isWoken = false;
  }

  async #untilWoken(maxMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, maxMs);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** True where the next rest ends at once. */
  get isWoken(): boolean {
    return this.#isWoken;
  }
}
