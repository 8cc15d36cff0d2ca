/** Lets those who would be in each other's way act one after the other. */
export class Turn {
  #last: Promise<unknown> = Promise.resolve();

  async take<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(act, act);
    this.#last = mine.catch(() => undefined);
    return await mine;
  }
}
