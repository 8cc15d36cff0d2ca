import { escapeControls } from "./escape.ts";
import { TerminalLine, type TextLine } from "./terminal-line.ts";
import { applySgr, classesOf, PLAIN_STYLE, type TerminalStyle } from "./terminal-style.ts";

/**
 * What a program wrote for a terminal, as the lines that would stand there in the end: progress bars overwrite
 * themselves, colours become names of styles and go on over lines, all that would steer a terminal is left out or
 * shown as a code. Every `\n` completes one line. However the text is cut into pieces, the lines are the same.
 */
export class TerminalLines {
  readonly #sequence = new SequenceReader();
  #line = new TerminalLine();
  #style: TerminalStyle = PLAIN_STYLE;
  #classes = "";
  #halfCharacter = "";

  /** Takes the next piece of text; gives the lines that it completes. */
  push(text: string): TextLine[] {
    const completed: TextLine[] = [];
    for (const character of this.#wholeCharacters(text)) {
      if (this.#isOfSequence(character)) continue;
      if (character !== "\n") this.#show(character);
      else completed.push(this.#completeLine());
    }
    return completed;
  }

  /** The line that no `\n` has completed yet, as it stands now. */
  get unfinished(): TextLine {
    return this.#line.spans();
  }

  // A piece may end between the two halves of a character beyond U+FFFF.
  #wholeCharacters(text: string): string {
    const whole = this.#halfCharacter + text;
    const endsInHalf = /[\ud800-\udbff]$/.test(whole.slice(-1));
    this.#halfCharacter = endsInHalf ? whole.slice(-1) : "";
    return endsInHalf ? whole.slice(0, -1) : whole;
  }

  #isOfSequence(character: string): boolean {
    if (!this.#sequence.isOpen && character !== "\x1b") return false;
    const taken = this.#sequence.take(character);
    if (typeof taken === "object") this.#obey(taken);
    return taken !== "not part";
  }

  #completeLine(): TextLine {
    const spans = this.#line.spans();
    this.#line = new TerminalLine();
    return spans;
  }

  #show(character: string): void {
    if (character >= " " && character <= "~") this.#line.put(character, this.#classes);
    else if (character === "\r") this.#line.toStart();
    else if (character === "\b") this.#line.back();
    else if (character === "\t") this.#line.tab();
    else this.#showOdd(character);
  }

  #showOdd(character: string): void {
    const shown = escapeControls(character);
    if (shown === character) this.#line.put(character, this.#classes);
    else for (const part of shown) this.#line.put(part, this.#classes);
  }

  // Of all that a sequence can ask for, colours and what progress bars use to begin their line again.
  #obey({ final, parameters }: ControlSequence): void {
    if (final === "m") {
      this.#style = applySgr(this.#style, parameters);
      this.#classes = classesOf(this.#style);
    } else if (final === "G" && /^[01]?$/.test(parameters)) this.#line.toStart();
    else if (final === "K") this.#erase(parameters);
  }

  // Who erases a whole line begins it again: the blanks that a terminal would leave before the cursor help nobody.
  #erase(parameters: string): void {
    if (parameters === "2") this.#line.toStart();
    if (/^[02]?$/.test(parameters)) this.#line.eraseRest();
  }
}

/** A whole control sequence, `ESC [ parameters final`. */
interface ControlSequence {
  readonly final: string;
  readonly parameters: string;
}

/** What became of a character: it belongs to a sequence, it does not, or it completed one that may mean something. */
type Taken = "part" | "not part" | ControlSequence;

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
class SequenceReader {
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
