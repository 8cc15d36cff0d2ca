import { escapeControls } from "../core/escape.ts";
import type { Io } from "./io.ts";
import { cutToWidth } from "./text-width.ts";

/** Lines that are drawn again and again in one place of a terminal; elsewhere only what is new is written. */
export class LiveView {
  readonly #io: Io;
  #drawn: readonly string[] = [];

  constructor(io: Io) {
    this.#io = io;
  }

  /** Draws the lines in place of the last ones. They are plain text, one for each subject, in a steady order. */
  draw(lines: readonly string[], paint: (line: string) => string): void {
    const { stdout } = this.#io;
    const safe = lines.map(escapeControls);
    if (stdout.isTTY) {
      const back = this.#drawn.length === 0 ? "" : `\x1b[${this.#drawn.length}A`;
      const body = safe.map((line) => `\x1b[2K${paint(cutToWidth(line, stdout.columns - 1))}\n`);
      stdout.write(back + body.join(""));
    } else {
      for (const [at, line] of safe.entries()) if (line !== this.#drawn[at]) stdout.write(`${line}\n`);
    }
    this.#drawn = safe;
  }
}
