import type { Response } from "express";

const HEARTBEAT_MS = 15_000;
/** A client that has taken none of this for so long is gone, or too slow to be of use. */
const MAX_UNSENT_BYTES = 16 * 1024;
/** With many open pages changes are announced less often, as each page then reloads. */
const CLIENTS_A_SECOND = 50;

/** Tells every open page that something has changed; looks only while a page is open. */
export class EventHub {
  readonly #clients = new Set<Response>();
  readonly #version: () => Promise<string>;
  readonly #lookMs: number;
  readonly #maxClients: number;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #told = "";
  #toldMs = Number.NEGATIVE_INFINITY;
  #beatMs = 0;

  /** @param version another text after every change */
  constructor(version: () => Promise<string>, { lookMs = 1000, maxClients = 1000 } = {}) {
    this.#version = version;
    this.#lookMs = lookMs;
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
    response.set({
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
    });
    response.flushHeaders();
    response.write(`retry: 3000\nevent: hello\ndata: ${this.#told}\n\n`);
    this.#clients.add(response);
    response.once("close", () => this.#remove(response));
    this.#timer ??= setInterval(() => void this.#lookWhenDue(), this.#lookMs);
  }

  /** Looks now, as somebody has just changed something. */
  async nudge(): Promise<void> {
    // A look that is under way may have been too early to see it.
    await this.#looking;
    if (this.#clients.size > 0) await this.#look();
  }

  /** Ends every stream. */
  close(): void {
    for (const client of this.#clients) client.end();
    clearInterval(this.#timer);
  }

  #remove(response: Response): void {
    this.#clients.delete(response);
    if (this.#clients.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #lookWhenDue(): Promise<void> {
    const restMs = (this.#clients.size / CLIENTS_A_SECOND) * 1000;
    if (performance.now() - this.#toldMs >= restMs) await this.#look();
  }

  // One look at a time, however long it takes.
  async #look(): Promise<void> {
    this.#looking ??= this.#compare().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #compare(): Promise<void> {
    // A folder that cannot be read just now is told by the pages themselves.
    const version = await this.#version().catch(() => "unreadable");
    const nowMs = performance.now();
    if (version !== this.#told) this.#tell(`event: change\ndata: ${version}\n\n`, nowMs);
    else if (nowMs - this.#beatMs > HEARTBEAT_MS) this.#tell(": alive\n\n", nowMs);
    this.#told = version;
  }

  #tell(text: string, nowMs: number): void {
    this.#toldMs = nowMs;
    this.#beatMs = nowMs;
    for (const client of this.#clients) {
      if (client.writableLength > MAX_UNSENT_BYTES) client.destroy();
      else client.write(text);
    }
  }
}
