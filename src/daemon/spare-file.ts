import fs from "node:fs";

/** Room for a status of some hundred jobs. */
const MIN_BYTES = 64 * 1024;

/**
 * A second file beside one that is often replaced, whose room on the disk is kept: on a full disk the new text is
 * written over it and the two change places, so that people are told that the disk is full.
 */
export class SpareFile {
  readonly #file: string;
  readonly #spare: string;
  #bytes = 0;

  constructor(file: string) {
    this.#file = file;
    this.#spare = `${file}.spare`;
  }

  /** Keeps room for twice a text of this many bytes, where there is room; to be called while there is. */
  reserve(bytes: number): void {
    if (this.#bytes >= bytes) return;
    const wanted = Math.max(MIN_BYTES, 2 * bytes);
    try {
      fs.writeFileSync(this.#spare, Buffer.alloc(wanted, " "));
      this.#bytes = wanted;
    } catch {
      // Without it a full disk is told of in the log alone.
    }
  }

  /**
   * Replaces the file at once, needing no new room. What the text does not fill stays blank, as a file that is cut
   * gives its room back. Throws what the file system throws.
   */
  replaceFile(text: string): void {
    const aside = `${this.#spare}.next`;
    fs.rmSync(aside, { force: true });
    this.#overwrite(text);
    this.#bytes = 0;
    const isReplaced = fs.existsSync(this.#file);
    if (isReplaced) fs.linkSync(this.#file, aside);
    fs.renameSync(this.#spare, this.#file);
    if (isReplaced) fs.renameSync(aside, this.#spare);
  }

  #overwrite(text: string): void {
    const handle = fs.openSync(this.#spare, "r+");
    try {
      const blank = Buffer.alloc(fs.fstatSync(handle).size, " ");
      const bytes = Buffer.from(text, "utf8");
      const whole = Buffer.concat([bytes, blank.subarray(bytes.length)]);
      for (let at = 0; at < whole.length; ) at += fs.writeSync(handle, whole, at, whole.length - at, at);
    } finally {
      fs.closeSync(handle);
    }
  }
}
