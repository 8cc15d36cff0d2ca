import fs from "node:fs";
import { promisify } from "node:util";
import { writeWhole } from "./durable.ts";
import { isThere } from "./error-code.ts";

/** A file that grows by lines, which a power cut does not take back. Lines that come together share a sync. */
export class DurableLines {
  readonly #file: string;
  readonly #prepare: () => void;
  #waiting: string[] = [];
  /** Writes what waits, once what is being written now is on the disk. */
  #next: Promise<void> | undefined;
  #current: Promise<void> = Promise.resolve();

  /** @param prepare called right before the file is opened to be written to; what it throws is told to those who append */
  constructor(file: string, prepare: () => void = () => undefined) {
    this.#file = file;
    this.#prepare = prepare;
  }

  /** Appends a line. Rejects with what the file system throws; the line may then be there all the same. */
  append(line: string): Promise<void> {
    this.#waiting.push(line);
    this.#next ??= this.#writeAfter(this.#current);
    return this.#next;
  }

  async #writeAfter(previous: Promise<void>): Promise<void> {
    await previous;
    const written = this.#write(this.#waiting);
    this.#waiting = [];
    this.#next = undefined;
    // The failure is reported to whoever asked for the line; the next one begins anew.
    this.#current = written.catch(() => undefined);
    await written;
  }

  // A torn line left by an earlier crash is closed first, so that it stays alone.
  async #write(lines: readonly string[]): Promise<void> {
    this.#prepare();
    const handle = fs.openSync(this.#file, "a+", 0o644);
    try {
      const text = lines.map((line) => `${line}\n`).join("");
      writeWhole(handle, endsWithNewline(handle) ? text : `\n${text}`);
      await promisify(fs.fsync)(handle);
      // What it was written to may have lost its name meanwhile, and with it all who could read it.
      if (!isThere(this.#file)) throw new Error(`${this.#file} was deleted while it was written to`);
    } finally {
      fs.closeSync(handle);
    }
  }
}

function endsWithNewline(handle: number): boolean {
  const { size } = fs.fstatSync(handle);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  fs.readSync(handle, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}
