import type { Request, Response } from "express";

/** So long may a client that takes nothing keep an ended stream open. */
const LAST_WAIT_MS = 60_000;

/** A client that listens to Server-Sent Events. */
export class EventStream {
  readonly #response: Response;
  readonly #maxUnsentBytes: number;

  /**
   * Begins the answer.
   * @param maxUnsentBytes a client that has not taken this much in is not waited for
   */
  constructor(response: Response, maxUnsentBytes: number) {
    this.#response = response;
    this.#maxUnsentBytes = maxUnsentBytes;
    response.writeHead(200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
    });
    response.flushHeaders();
  }

  /** Sends events, whole; a client that is too slow for them is let go instead. */
  send(events: string | Buffer): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    if (response.writableLength > this.#maxUnsentBytes) response.destroy();
    else response.write(events);
  }

  /** Ends the stream, with a last event if there is one. */
  end(event?: Buffer): void {
    this.#response.setTimeout(LAST_WAIT_MS, () => this.#response.destroy());
    this.#response.end(event);
  }

  /** Calls back once either side has ended the stream. */
  onClose(left: () => void): void {
    this.#response.once("close", left);
  }
}

/** Answers a request for the head of a stream, which has nothing to listen to; true where it was one. */
export function isHeadAnswered({ method }: Request, response: Response): boolean {
  if (method !== "HEAD") return false;
  response.type("text/event-stream").end();
  return true;
}
