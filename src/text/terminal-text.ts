import { escapeControls } from "./escape.ts";
import { TerminalLine, type TextLine } from "./terminal-line.ts";
import { applySgr, classesOf, PLAIN_STYLE, type TerminalStyle } from "./terminal-style.ts";

/**
 * Forms of escape sequences, by the rules of ECMA-48 as terminals follow them: a control sequence with its parameters, text for
 * the terminal's own use (DCS, SOS, OSC, PM, APC), any other. Each with the character that ends it, as far as there is one: cancel
 * and substitute end all of them. Unlike there, the end of a line ends every sequence, so that a stray one hides no more than
 * its line.
 */
const SEQUENCES = [
  String.raw`\[([ -?]*)([@-~\x18\x1a])?`,
  String.raw`[PX\]^_][^\x07\x18\x1a\x1b\n\r]*([\x07\x18\x1a])?`,
  String.raw`[ -/]*([0-~\x18\x1a])?`,
];
const ESCAPE = "\x1b";
const TOKEN = new RegExp(String.raw`${ESCAPE}(?:${SEQUENCES.join("|")})|\n|[^${ESCAPE}\n]+`, "g");

/** More than any real sequence has; what is beyond it is left out. */
const MAX_PARAMETERS = 128;

/**
 * A program's output for a terminal, as the lines that would stand there in the end: progress bars overwrite
 * themselves, colours become names of styles and go on over lines, all that would steer a terminal is left out or
 * shown as a code. Every `\n` completes one line. However the text is cut into pieces, the lines are the same.
 */
export class TerminalLines {
  #line = new TerminalLine();
  #style: TerminalStyle = PLAIN_STYLE;
  #classes = "";
  /** The beginning with which the next piece goes on: the beginning of a sequence, the first half of a character beyond U+FFFF. */
  #begun = "";

  /** Takes the next piece of text; gives the lines that it completes. */
  push(text: string): TextLine[] {
    const completed: TextLine[] = [];
    const whole = this.#begun + text;
    const half = /[\ud800-\udbff]?$/.exec(whole.slice(-1))?.[0] ?? "";
    this.#begun = half;
    const end = whole.length - half.length;
    for (const match of whole.slice(0, end).matchAll(TOKEN)) {
      const [token, parameters = "", final, ...otherEnds] = match;
      if (token === "\n") completed.push(this.#completeLine());
      else if (!token.startsWith(ESCAPE)) for (const character of token) this.#show(character);
      else if (final !== undefined) this.#obey(final, parameters.slice(0, MAX_PARAMETERS));
      else if (match.index + token.length === end && !otherEnds.some((one) => one !== undefined))
        this.#begun = token.slice(0, MAX_PARAMETERS + 2) + half;
    }
    return completed;
  }

  /** The line that no `\n` has completed yet, as it stands now. */
  get unfinished(): TextLine {
    return this.#line.spans();
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
  #obey(final: string, parameters: string): void {
    if (final === "m") {
      this.#style = applySgr(this.#style, parameters);
      this.#classes = classesOf(this.#style);
    } else if (final === "G" && /^[01]?$/.test(parameters)) this.#line.toStart();
    else if (final === "K") this.#erase(parameters);
  }

  // Erasing a whole line begins it again: the blanks that a terminal would leave before the cursor help nobody.
  #erase(parameters: string): void {
    if (parameters === "2") this.#line.toStart();
    if (/^[02]?$/.test(parameters)) this.#line.eraseRest();
  }
}
