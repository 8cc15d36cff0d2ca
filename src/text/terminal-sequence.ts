/** A whole control sequence, `ESC [ parameters final`. */
export interface ControlSequence {
  readonly final: string;
  readonly parameters: string;
}

/** What became of a character: it belongs to a sequence, it does not, or it completed one that may mean something. */
export type Taken = "part" | "not part" | ControlSequence;

const ESCAPE = "\x1b";
const CANCEL = "\x18";
const SUBSTITUTE = "\x1a";
const BELL = "\x07";

/** DCS, SOS, OSC, PM and APC: text for the terminal's own use. */
const STRING_OPENERS = "PX]^_";

/** More than any real sequence has; what is beyond it is left out. */
const MAX_PARAMETERS = 128;

/**
 * Tells escape sequences from text, a character at a time, by the rules of ECMA-48 as terminals follow them. Unlike
 * there, the end of a line ends every sequence, so that a stray one hides no more than its line.
 */
export class SequenceReader {
  #within: "text" | "escape" | "intermediate" | "control" | "string" = "text";
  #parameters = "";

  /** Whether the next character must be shown to `take`, whatever it is; otherwise only an escape must. */
  get isOpen(): boolean {
    return this.#within !== "text";
  }

  take(character: string): Taken {
    if (character === ESCAPE) return this.#enter("escape");
    if (!this.isOpen) return "not part";
    if (character === CANCEL || character === SUBSTITUTE) return this.#enter("text");
    if (character === "\n" || character === "\r") return this.#leave();
    if (this.#within === "string") return character === BELL ? this.#enter("text") : "part";
    if (this.#within === "control") return this.#takeControl(character);
    return this.#takeEscape(character);
  }

  #takeEscape(character: string): Taken {
    if (isBetween(character, " ", "/")) return this.#enter("intermediate");
    if (!isBetween(character, "0", "~")) return this.#leave();
    if (this.#within === "intermediate") return this.#enter("text");
    if (character === "[") return this.#enter("control");
    return this.#enter(STRING_OPENERS.includes(character) ? "string" : "text");
  }

  #takeControl(character: string): Taken {
    if (isBetween(character, " ", "?")) {
      if (this.#parameters.length < MAX_PARAMETERS) this.#parameters += character;
      return "part";
    }
    const parameters = this.#parameters;
    this.#leave();
    return isBetween(character, "@", "~") ? { final: character, parameters } : "not part";
  }

  #enter(within: "text" | "escape" | "intermediate" | "control" | "string"): Taken {
    this.#within = within;
    this.#parameters = "";
    return "part";
  }

  #leave(): Taken {
    this.#enter("text");
    return "not part";
  }
}

function isBetween(character: string, first: string, last: string): boolean {
  return character >= first && character <= last;
}
