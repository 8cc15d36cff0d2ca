/** So old may a page be that somebody else has asked for. */
const FRESH_MS = 400;
/** Addresses are strangers' texts. */
const MAX_PAGES = 100;

interface SharedPage {
  readonly madeMs: number;
  readonly text: Promise<string>;
}

/** Pages made once for all who ask for the same at the same time: after a change many open pages do. */
export class SharedPages {
  readonly #pages = new Map<string, SharedPage>();
  #state: readonly unknown[] = [];

  /**
   * The page of an address, made now or a moment ago. Throws what making it throws.
   * @param state what it is made from: another one makes it anew
   */
  async ask(address: string, state: readonly unknown[], make: () => Promise<string>): Promise<string> {
    const isSame = state.every((part, at) => part === this.#state[at]);
    if (!isSame || this.#pages.size >= MAX_PAGES) this.#pages.clear();
    this.#state = state;
    const nowMs = performance.now();
    const known = this.#pages.get(address);
    if (known !== undefined && nowMs - known.madeMs < FRESH_MS) return await known.text;
    const page = { madeMs: nowMs, text: make() };
    this.#pages.set(address, page);
    page.text.catch(() => this.#pages.delete(address));
    return await page.text;
  }
}
