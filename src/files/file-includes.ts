import fs from "node:fs";

const CHUNK_BYTES = 1024 * 1024;

/**
 * Whether a text occurs in a file, however large that is; not where there is none. Throws what the file system throws.
 * @param text of far less than a megabyte
 */
export function fileIncludes(file: string, text: string): boolean {
  if (!fs.existsSync(file)) return false;
  const handle = fs.openSync(file, "r");
  try {
    const overlap = Buffer.byteLength(text);
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0; ; at += CHUNK_BYTES - overlap) {
      const length = fs.readSync(handle, chunk, 0, CHUNK_BYTES, at);
      if (chunk.subarray(0, length).includes(text)) return true;
      if (length < CHUNK_BYTES) return false;
    }
  } finally {
    fs.closeSync(handle);
  }
}
