/** For how long something has been so at each look, by a key; kept in memory only. */
export class Lasting {
  readonly #since = new Map<string, number>();

  /** It is so at this look: for how many seconds it has been, 0 for the first time. */
  note(key: string, uptimeSeconds: number): number {
    const since = this.#since.get(key) ?? uptimeSeconds;
    this.#since.set(key, since);
    return uptimeSeconds - since;
  }

  /** It is not so any more. */
  end(key: string): void {
    this.#since.delete(key);
  }

  /** Nothing but these is so any more. */
  endAllBut(keys: ReadonlySet<string>): void {
    for (const key of this.#since.keys()) if (!keys.has(key)) this.#since.delete(key);
  }
}
