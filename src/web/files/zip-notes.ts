import { escapeControls } from "../../text/escape.ts";
import { nameText } from "./name-text.ts";

const MAX_LINES = 1000;

/** What a zip does not hold, or not whole, as a text for people. */
export class ZipNotes {
  readonly #lines: string[] = [];
  #count = 0;

  /** Notes something of a path inside the job's folder; `what` is a clause: "is a link". */
  add(segments: readonly Buffer[], what: string): void {
    this.#count += 1;
    if (this.#lines.length === MAX_LINES) return;
    const shown = segments.map(nameText).join("/");
    this.#lines.push(`${escapeControls(shown === "" ? "the folder itself" : shown)}: ${what}`);
  }

  /** Undefined when nothing is missing. */
  text(): string | undefined {
    if (this.#count === 0) return undefined;
    const more = this.#count - this.#lines.length;
    const rest = more === 0 ? "" : `and ${more} more\n`;
    return `Not in this zip, or not whole:\n\n${this.#lines.join("\n")}\n${rest}`;
  }
}
