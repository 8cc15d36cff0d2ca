import { StringDecoder } from "node:string_decoder";
import type { TextLine } from "../../text/terminal-line.ts";
import { TerminalLines } from "../../text/terminal-text.ts";

const NEWLINE = 0x0a;

/** Of an unfinished line (a progress bar that has been drawn a million times) only this much is read again. */
const MAX_REREAD_BYTES = 64 * 1024;

/** The byte to read on from, so that an unfinished line is read from its beginning, or nearly. */
export function resumeByte(unfinishedByte: number, endByte: number): number {
  return Math.max(unfinishedByte, endByte - MAX_REREAD_BYTES);
}

/** The bytes of a log from some place on, as lines; colours begin as plain there. */
export class ByteLines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #lines = new TerminalLines();
  #nextByte: number;
  #unfinishedByte: number;

  constructor(startByte: number) {
    this.#nextByte = startByte;
    this.#unfinishedByte = startByte;
  }

  /** Takes the bytes that follow; gives the lines that they complete. */
  push(bytes: Buffer): TextLine[] {
    const newline = bytes.lastIndexOf(NEWLINE);
    if (newline !== -1) this.#unfinishedByte = this.#nextByte + newline + 1;
    this.#nextByte += bytes.length;
    return this.#lines.push(this.#decoder.write(bytes));
  }

  get unfinished(): TextLine {
    return this.#lines.unfinished;
  }

  /** The byte that `push` is to begin with. */
  get nextByte(): number {
    return this.#nextByte;
  }

  /** The byte at which another may begin who has been given the completed lines. */
  get resumeByte(): number {
    return resumeByte(this.#unfinishedByte, this.#nextByte);
  }
}
