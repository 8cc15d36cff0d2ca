import fs from "node:fs";
import { writeFileAtomically } from "../files/durable.ts";
import { errorCode } from "../files/error-code.ts";
import type { Log } from "./log.ts";
import { SpareFile } from "./spare-file.ts";

const MIN_GAP_MS = 1000;

/** Writes the status for the page and the command line: when it changed, at most once a second, never torn. */
export class Publisher {
  readonly #file: string;
  readonly #spare: SpareFile;
  readonly #log: Log;
  #text = "";
  #lastMs = Number.NEGATIVE_INFINITY;
  #failing = false;
  /** A view was offered before its time and has not been published since. */
  #isDue = false;

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#spare = new SpareFile(file);
    this.#log = log;
  }

  /**
   * Publishes what `view` gives if the time has come. Never throws: a full disk must not stop the queue.
   * @param measured goes along, but is by itself no change that is worth writing
   */
  publish(view: () => object, nowMs: number, measured: object = {}): void {
    this.#isDue = nowMs - this.#lastMs < MIN_GAP_MS;
    if (this.#isDue) return;
    try {
      const seen = view();
      const text = JSON.stringify(seen);
      if (text !== this.#text || !fs.existsSync(this.#file)) {
        this.#write(JSON.stringify({ ...seen, ...measured }));
        this.#text = text;
        this.#lastMs = nowMs;
      }
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#log.warn("the status could not be published", { why: String(error) });
      this.#failing = true;
    }
  }

  /** A sign of life, by the file's time, for readers on other machines. */
  beat(): void {
    try {
      const nowSeconds = Date.now() / 1000;
      fs.utimesSync(this.#file, nowSeconds, nowSeconds);
    } catch {
      // Not published yet, or its folder is away: the next pass tells.
    }
  }

  /** When a view that was offered too early may be published; infinity when none was. */
  get nextMs(): number {
    return this.#isDue ? this.#lastMs + MIN_GAP_MS : Number.POSITIVE_INFINITY;
  }

  #write(text: string): void {
    try {
      writeFileAtomically(this.#file, text);
      this.#spare.reserve(Buffer.byteLength(text));
    } catch (error) {
      if (errorCode(error) !== "ENOSPC" && errorCode(error) !== "EDQUOT") throw error;
      this.#spare.replaceFile(text);
    }
  }
}
