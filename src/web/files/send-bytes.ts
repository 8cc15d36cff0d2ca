import { pipeline } from "node:stream/promises";
import type { Response } from "express";
import type { OpenedFile } from "../../folders/job-files.ts";
import { readChunks } from "../../folders/read-opened.ts";
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
 * Sends the bytes of a file up to its size when it was opened; one that has become shorter breaks the connection, as
 * a length was promised. Returns when all is sent, or the client has gone or is too slow; does not close the file.
 */
export async function sendBytes(response: Response, file: OpenedFile): Promise<void> {
  response.set("Content-Length", String(file.bytes));
  demandPace(response);
  try {
    await pipeline(wholeFile(file), response);
  } catch {
    // The head has been sent: all that is left to tell the client is that this is not the whole.
    response.destroy();
  }
}

async function* wholeFile(file: OpenedFile): AsyncGenerator<Buffer, void> {
  let sent = 0;
  for await (const chunk of readChunks(file)) {
    sent += chunk.length;
    yield chunk;
  }
  if (sent < file.bytes) throw new Error("the file has become shorter");
}
