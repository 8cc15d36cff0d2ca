import fs from "node:fs";
import { isNoRoom } from "../disk/error-code.ts";
import { writeOver } from "../disk/spare.ts";

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
   * Replaces the file at once, needing no new room. Where a second name takes an inode too (tmpfs), the file is missing for a
   * moment. Throws what the file system throws.
   */
  replaceFile(text: string): void {
    const aside = `${this.#spare}.next`;
    fs.rmSync(aside, { force: true });
    writeOver(this.#spare, text);
    this.#bytes = 0;
    const isReplaced = fs.existsSync(this.#file);
    if (isReplaced) putAside(this.#file, aside);
    fs.renameSync(this.#spare, this.#file);
    if (isReplaced) fs.renameSync(aside, this.#spare);
  }
}

function putAside(file: string, aside: string): void {
  try {
    fs.linkSync(file, aside);
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    fs.renameSync(file, aside);
  }
}
