/** A stretch of text that looks the same; `classes` are names for a stylesheet, empty for plain text. */
interface TextSpan {
  readonly text: string;
  readonly classes: string;
}

/** One line as it stands on a terminal. */
export type TextLine = readonly TextSpan[];

/** The text of a line, without its colours. */
export function plainText(line: TextLine): string {
  return line.map(({ text }) => text).join("");
}

/** Characters of a line beyond this many are counted, not kept. */
export const MAX_LINE_CHARACTERS = 4096;

const TAB_STOP = 8;

/**
 * The line that a terminal is writing: a row of cells, one for each code point, and a cursor that is never beyond
 * the end of the row.
 */
export class TerminalLine {
  readonly #characters: string[] = [];
  readonly #classes: string[] = [];
  #column = 0;
  #length = 0;

  put(character: string, classes: string): void {
    if (this.#column < MAX_LINE_CHARACTERS) {
      this.#characters[this.#column] = character;
      this.#classes[this.#column] = classes;
    }
    this.#column += 1;
    if (this.#column > this.#length) this.#length = this.#column;
  }

  /** A tab passes over what is there already, and is shown as blanks beyond it. */
  tab(): void {
    const stop = (Math.floor(this.#column / TAB_STOP) + 1) * TAB_STOP;
    this.#column = Math.min(stop, this.#length);
    while (this.#column < stop) this.put(" ", "");
  }

  toStart(): void {
    this.#column = 0;
  }

  back(): void {
    if (this.#column > 0) this.#column -= 1;
  }

  eraseRest(): void {
    this.#length = this.#column;
    const kept = Math.min(this.#length, MAX_LINE_CHARACTERS);
    this.#characters.length = kept;
    this.#classes.length = kept;
  }

  spans(): TextLine {
    const spans: TextSpan[] = [];
    for (let start = 0; start < this.#characters.length; ) {
      const classes = this.#classes[start] ?? "";
      let end = start + 1;
      while (end < this.#characters.length && this.#classes[end] === classes) end += 1;
      spans.push({ text: this.#characters.slice(start, end).join(""), classes });
      start = end;
    }
    const more = this.#length - MAX_LINE_CHARACTERS;
    if (more > 0) spans.push({ text: `… (${more} more character${more === 1 ? "" : "s"})`, classes: "cut" });
    return spans;
  }
}
