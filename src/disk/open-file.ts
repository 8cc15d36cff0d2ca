import fs from "node:fs";
import path from "node:path";

/** An open file or folder, which is closed at the end of the block: `using file = openFile(…)`. */
export class OpenFile implements Disposable {
  /** Its descriptor. */
  readonly handle: number;

  constructor(handle: number) {
    this.handle = handle;
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.handle);
  }
}

/** Opens a file as `fs.openSync` does. Throws what the file system throws. */
export function openFile(file: string | Buffer, flags: fs.OpenMode, mode?: number): OpenFile {
  return new OpenFile(fs.openSync(file, flags, mode));
}

/**
 * Opens a file for somebody to append to, made where it is absent, and for nobody to be led astray by: not through a link, not a
 * FIFO. Throws what the file system throws.
 */
export function openToAppend(file: string): OpenFile {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  const opened = openFile(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
  if (fs.fstatSync(opened.handle).isFile()) return opened;
  // A FIFO that somebody reads from opens without waiting.
  opened[Symbol.dispose]();
  throw new Error(`${path.basename(file)} is not a regular file`);
}
