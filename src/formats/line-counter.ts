/** Tells the 1-based lines of places in a text; places asked for from left to right cost one pass together. */
export class LineCounter {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line of the character at this index. */
  lineAt(index: number): number {
    if (index < this.#at) [this.#at, this.#line] = [0, 1];
    this.#line += this.#text.slice(this.#at, index).split(/\r(?!\n)|\n/).length - 1;
    this.#at = index;
    return this.#line;
  }
}
