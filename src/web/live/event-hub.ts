import type { Response } from "express";
import { EventStream } from "./event-stream.ts";

/** A page that has heard nothing for longer takes the stream for dead: see `views/static/live.js`. */
const BEAT_MS = 15_000;
/** A client that has taken none of this for so long is gone, or too slow to be of use. */
const MAX_UNSENT_BYTES = 16 * 1024;
/** Each that is told asks for the page: the more look on, the later the last of them is told. */
const CLIENTS_A_SECOND = 50;

/** Tells every open page that something has changed, a few at a time; looks only while a page is open. */
export class EventHub {
  /** The version that each was told last, undefined before its greeting; the one told longest ago comes first. */
  readonly #clients = new Map<EventStream, string | undefined>();
  readonly #look: () => Promise<string>;
  readonly #lookMs: number;
  readonly #beatMs: number;
  readonly #maxClients: number;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #version = "";
  /** Number of clients that may still be told before the next look. */
  #allowance = 0;
  #lastBeatMs = 0;

  /** @param look gives another text after every change */
  constructor(look: () => Promise<string>, { lookMs = 1000, beatMs = BEAT_MS, maxClients = 1000 } = {}) {
    this.#look = look;
    this.#lookMs = lookMs;
    this.#beatMs = beatMs;
    this.#maxClients = maxClients;
  }

  get size(): number {
    return this.#clients.size;
  }

  /** Adds an open page; answers 503 where there are too many. */
  add(response: Response): void {
    if (this.#clients.size >= this.#maxClients) {
      response.status(503).set("Retry-After", "30").end("too many pages are open; this one asks again\n");
      return;
    }
    this.join(new EventStream(response, MAX_UNSENT_BYTES));
  }

  /** Tells a client too whose stream is open already, until that is closed. */
  join(stream: EventStream): void {
    this.#clients.set(stream, undefined);
    if (this.#timer === undefined) this.#begin();
    this.#tellNext();
    stream.onClose(() => this.#remove(stream));
  }

  /** Looks for changes now. */
  async nudge(): Promise<void> {
    // A look that is under way may have been too early to see it.
    await this.#looking;
    if (this.#clients.size > 0) await this.#lookAndTell();
  }

  /** Ends every stream. */
  close(): void {
    for (const client of this.#clients.keys()) client.end();
    clearInterval(this.#timer);
  }

  #begin(): void {
    this.#allow();
    this.#timer = setInterval(() => {
      this.#allow();
      void this.#lookAndTell();
    }, this.#lookMs);
  }

  #allow(): void {
    this.#allowance = Math.ceil((CLIENTS_A_SECOND * this.#lookMs) / 1000);
  }

  #remove(stream: EventStream): void {
    this.#clients.delete(stream);
    if (this.#clients.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  // One look at a time, however long it takes.
  async #lookAndTell(): Promise<void> {
    this.#looking ??= this.#compare().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #compare(): Promise<void> {
    // A folder that cannot be read just now is told by the pages themselves.
    this.#version = await this.#look().catch(() => "unreadable");
    this.#tellNext();
    const nowMs = performance.now();
    if (nowMs - this.#lastBeatMs < this.#beatMs) return;
    this.#lastBeatMs = nowMs;
    for (const client of this.#clients.keys()) client.send(`event: alive\ndata: ${this.#version}\n\n`);
  }

  #tellNext(): void {
    for (const [client, told] of this.#clients) {
      if (told === this.#version) continue;
      if (this.#allowance === 0) return;
      this.#allowance -= 1;
      this.#clients.delete(client);
      this.#clients.set(client, this.#version);
      const event = told === undefined ? "retry: 3000\nevent: hello" : "event: change";
      client.send(`${event}\ndata: ${this.#version}\n\n`);
    }
  }
}
