import fs from "node:fs";
import { writeFileAtomically } from "../files/durable.ts";
import type { Log } from "./log.ts";

/** A sign of life at least this often, so that readers on other machines see that the daemon lives. */
const HEARTBEAT_MS = 2000;
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
      if (text === this.#text && fs.existsSync(this.#file)) this.#beat(nowMs);
      else this.#write(text, nowMs);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#log.warn("the status could not be published", { why: String(error) });
      this.#failing = true;
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

  #beat(nowMs: number): void {
    if (nowMs - this.#lastMs < HEARTBEAT_MS) return;
    const now = Date.now() / 1000;
    fs.utimesSync(this.#file, now, now);
    this.#lastMs = nowMs;
  }
}
