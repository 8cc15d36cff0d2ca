import { pipeline } from "node:stream/promises";
import type { Response } from "express";
import { type ByteSpan, type OpenedFile, readChunks } from "../../disk/job-files.ts";

/** Headers of every answer that is made of a stranger's bytes: it may do nothing, be guessed at nor be kept. */
export function setFileHeaders(response: Response): void {
  response.set({
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
  });
}

/**
 * Sends a span of a file's bytes; where the file has become shorter the connection is broken, as a length was promised.
 * Returns when all is sent, or the client has gone or is too slow; does not close the file.
 */
export async function sendBytes(response: Response, file: OpenedFile, span: ByteSpan): Promise<void> {
  response.set("Content-Length", String(span.end - span.start));
  demandPace(response);
  try {
    await pipeline(wholeSpan(file, span), response);
  } catch {
    // The head has been sent: all that is left to tell the client is that this is not the whole.
    response.destroy();
  }
}

async function* wholeSpan(file: OpenedFile, span: ByteSpan): AsyncGenerator<Buffer, void> {
  let left = span.end - span.start;
  for await (const chunk of readChunks(file, span)) {
    left -= chunk.length;
    yield chunk;
  }
  if (left > 0) throw new Error("the file has become shorter");
}

/** The least pace at which the client of a long answer has to take it. */
export interface Pace {
  readonly bytes: number;
  readonly withinMs: number;
}

/**
 * Slower than the worst line that people have. A shorter time would end honest clients: the system lets us write again
 * only when a third of what it holds for one, often 1 MB, is gone.
 */
const SLOWEST_PACE: Pace = { bytes: 128 * 1024, withinMs: 60_000 };

const LOOKS_WITHIN = 6;

/**
 * Ends the connection of an answer, written in small pieces, whose client takes less than this while there is something
 * to take. A timeout of the socket does not do: it begins anew with every byte.
 */
export function demandPace(response: Response, { bytes, withinMs }: Pace = SLOWEST_PACE): void {
  const { socket } = response;
  if (socket === null || response.closed) return;
  response.setTimeout(0);
  let mark = socket.bytesWritten;
  let inVain = 0;
  // Looks are counted, not time: a process that was held up has not given its clients any.
  const look = () => {
    const taken = socket.bytesWritten;
    // Without anything to take it is this server that is slow.
    const isTaking = taken - mark >= bytes || response.writableLength === 0;
    inVain = isTaking ? 0 : inVain + 1;
    if (isTaking) mark = taken;
    else if (inVain >= LOOKS_WITHIN) response.destroy();
  };
  const looks = setInterval(look, withinMs / LOOKS_WITHIN).unref();
  response.once("close", () => clearInterval(looks));
}
