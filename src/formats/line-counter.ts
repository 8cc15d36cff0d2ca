/** Tells the 1-based lines of places in a text, asked for from left to right, in one pass. */
export class LineCounter {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line of the character at this index. */
  lineAt(index: number): number {
    this.#line += this.#text.slice(this.#at, index).split(/\r(?!\n)|\n/).length - 1;
    this.#at = index;
    return this.#line;
  }
}
