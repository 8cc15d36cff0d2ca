import { escapeControls } from "./escape.ts";
import { TerminalLine, type TextLine } from "./terminal-line.ts";
import { type ControlSequence, SequenceReader } from "./terminal-sequence.ts";
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
