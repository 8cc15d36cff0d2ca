/** Counts of whatever happened, by what it was called. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(what: string, count = 1): void {
    this.#counts.set(what, this.of(what) + count);
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** `kill 3, redo 4`: all that begin with a word and a colon, without that. */
  under(word: string): string {
    return [...this.#counts]
      .flatMap(([what, count]) =>
        what.startsWith(`${word}: `) ? [`${what.slice(word.length + 2)} ${count}`] : [],
      )
      .sort()
      .join(", ");
  }

  /** The sum of the same. */
  sumUnder(word: string): number {
    return [...this.#counts].reduce(
      (sum, [what, count]) => (what.startsWith(`${word}: `) ? sum + count : sum),
      0,
    );
  }
}
