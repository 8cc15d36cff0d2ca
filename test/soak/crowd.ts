/** Things that go on beside one another, so many at a time. */
export class Crowd {
  readonly #max: number;
  readonly #trouble: (what: string) => void;
  readonly #going = new Set<Promise<void>>();

  /** @param trouble told what one of them throws */
  constructor(max: number, trouble: (what: string) => void) {
    this.#max = max;
    this.#trouble = trouble;
  }

  get isFull(): boolean {
    return this.#going.size >= this.#max;
  }

  /** Lets one more go on. */
  join(act: () => Promise<void>): void {
    const going = act()
      .catch((error: unknown) => this.#trouble(String(error)))
      .finally(() => this.#going.delete(going));
    this.#going.add(going);
  }

  /** Waits until all have come to their end. */
  async allLeft(): Promise<void> {
    while (this.#going.size > 0) await Promise.all(this.#going);
  }
}
