import type { OpenedFile } from "./job-files.ts";

const CHUNK_BYTES = 64 * 1024;

/** Bytes of a file: from `start` on, up to but not including `end`. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes of an opened file, or a span of them, up to its size when it was opened, and fewer when it has become shorter; chunk
 * by chunk, as fast as they are taken. Does not close the file. Throws what the file system throws.
 */
export async function* readChunks(
  { handle, bytes }: OpenedFile,
  { start, end }: ByteSpan = { start: 0, end: bytes },
): AsyncGenerator<Buffer, void> {
  for (let position = start; position < end; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - position));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

/** At most the first `maxBytes` of an opened file. Throws what the file system throws. */
export async function readHead(file: OpenedFile, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readChunks({ ...file, bytes: Math.min(file.bytes, maxBytes) }))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}
