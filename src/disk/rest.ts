import { setTimeout as sleep } from "node:timers/promises";

/** A rest between two looks that events can shorten: they carry no truth, and any number of them asks for one look. */
export class Rest {
  #wake = new AbortController();

  /** Ends the rest; before one it makes that end at once. */
  wake(): void {
    this.#wake.abort();
  }

  /** Rests until woken, at most so many milliseconds. */
  async upTo(maxMs: number): Promise<void> {
    if (maxMs > 0) await sleep(maxMs, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    if (this.isWoken) this.#wake = new AbortController();
  }

  /** True where the next rest ends at once. */
  get isWoken(): boolean {
    return this.#wake.signal.aborted;
  }
}
