import fs from "node:fs";
import { writeFileAtomically } from "../files/durable.ts";
import type { Log } from "./log.ts";

const MIN_GAP_MS = 1000;

/** Writes the status for the page and the command line: when it changed, at most once a second, never torn. */
export class Publisher {
  readonly #file: string;
  readonly #log: Log;
  #text = "";
  #lastMs = Number.NEGATIVE_INFINITY;
  #failing = false;
  /** A view was offered before its time and has not been published since. */
  #isDue = false;

  constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  /** Publishes what `view` gives if the time has come. Never throws: a full disk must not stop the queue. */
  publish(view: () => object, nowMs: number): void {
    this.#isDue = nowMs - this.#lastMs < MIN_GAP_MS;
    if (this.#isDue) return;
    try {
      const text = JSON.stringify(view());
      if (text !== this.#text || !fs.existsSync(this.#file)) this.#write(text, nowMs);
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

  #write(text: string, nowMs: number): void {
    writeFileAtomically(this.#file, text);
    this.#text = text;
    this.#lastMs = nowMs;
  }
}
