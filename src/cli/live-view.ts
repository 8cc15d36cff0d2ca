import { escapeControls } from "../text/escape.ts";
import type { Io } from "./io.ts";
import { cutToWidth } from "./text-width.ts";

/** A line of plain text, and its colours once it has been cut to the terminal's width. */
export interface LiveLine {
  readonly text: string;
  readonly paint: (text: string) => string;
}

/** Lines that are drawn again and again in one place of a terminal; elsewhere only what is new is written. */
export class LiveView {
  readonly #io: Io;
  #drawn: readonly string[] = [];

  constructor(io: Io) {
    this.#io = io;
  }

  /** Draws the lines in place of the last ones: one for each subject, in a steady order. */
  draw(lines: readonly LiveLine[]): void {
    const { stdout } = this.#io;
    const safe = lines.map(({ text, paint }) => ({ text: escapeControls(text), paint }));
    if (stdout.isTTY) {
      const back = this.#drawn.length === 0 ? "" : `\x1b[${this.#drawn.length}A`;
      const body = safe.map(({ text, paint }) => `\x1b[2K${paint(cutToWidth(text, stdout.columns - 1))}\n`);
      stdout.write(back + body.join(""));
    } else {
      for (const [at, { text }] of safe.entries()) if (text !== this.#drawn[at]) stdout.write(`${text}\n`);
    }
    this.#drawn = safe.map(({ text }) => text);
  }
}
