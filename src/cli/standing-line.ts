import { escapeControls } from "../text/escape.ts";
import type { Sink } from "./io.ts";
import { cutToWidth } from "./text-width.ts";

/** A sink with one line that stands at the end of what is written: redrawn in place, on a terminal only. */
export class StandingLine implements Sink {
  readonly #sink: Sink;
  #drawn = "";

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  get isTTY(): boolean {
    return this.#sink.isTTY;
  }

  get columns(): number {
    return this.#sink.columns;
  }

  write(chunk: string | Uint8Array): boolean {
    this.erase();
    return this.#sink.write(chunk);
  }

  drained(): Promise<void> {
    return this.#sink.drained();
  }

  /** Shows a stranger's text in place of the last one. */
  draw(text: string): void {
    if (!this.isTTY || text === this.#drawn) return;
    this.#sink.write(`\r\x1b[2K${cutToWidth(escapeControls(text), this.columns - 1)}`);
    this.#drawn = text;
  }

  /** Leaves the terminal as it was. */
  erase(): void {
    if (this.#drawn !== "") this.#sink.write("\r\x1b[2K");
    this.#drawn = "";
  }
}
