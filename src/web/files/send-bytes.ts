import { pipeline } from "node:stream/promises";
import type { Response } from "express";
import type { OpenedFile } from "../../disk/job-files.ts";
import { type ByteSpan, readChunks } from "../../disk/read-opened.ts";
import { demandPace } from "./pace.ts";

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
