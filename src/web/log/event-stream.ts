import type { Response } from "express";

/** A client that has not taken this much in is not waited for. */
const MAX_UNSENT_BYTES = 256 * 1024;
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2000;
/** So long may a client that takes nothing keep an ended stream open. */
const LAST_WAIT_MS = 60_000;

/** A client that listens to Server-Sent Events. */
export interface EventStream {
  /** Sends an event, whole; a client that is too slow for it is let go instead. */
  send(event: Buffer): void;
  /** Ends the stream with a last event. */
  end(event: Buffer): void;
}

/** One event as it is sent; `id` is what the client names when it comes again. */
export function encodeEvent(name: string, content: unknown, id?: string): Buffer {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return Buffer.from(`${idLine}event: ${name}\ndata: ${JSON.stringify(content)}\n\n`);
}

/** Answers with a stream of events, kept alive until either side ends it; then `onClose` is called. */
export function openEventStream(response: Response, onClose: () => void): EventStream {
  response.writeHead(200, {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
  });
  const send = (event: Buffer): void => sendOrLetGo(response, event);
  const heartbeat = setInterval(() => send(Buffer.from(":\n\n")), HEARTBEAT_MS).unref();
  response.on("close", () => {
    clearInterval(heartbeat);
    onClose();
  });
  send(Buffer.from(`retry: ${RETRY_MS}\n\n`));
  return { send, end: (event) => endWith(response, event) };
}

function sendOrLetGo(response: Response, event: Buffer): void {
  if (response.destroyed || response.writableEnded) return;
  if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
  else response.write(event);
}

function endWith(response: Response, event: Buffer): void {
  response.setTimeout(LAST_WAIT_MS, () => response.destroy());
  response.end(event);
}
