import fs from "node:fs";

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
