import fs from "node:fs";

/** How many files a folder has, counted anew when the folder has changed. */
export class FileCount {
  readonly #folder: string;
  #stamp = "";
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The files that are there now; none where there is no folder, and as many as last time where it cannot be read. */
  count(): number {
    try {
      this.#look();
    } catch {
      // Looked at again the next time.
    }
    return this.#count;
  }

  #look(): void {
    const found = fs.statSync(this.#folder, { throwIfNoEntry: false });
    const stamp = found === undefined ? "absent" : `${found.ino} ${found.mtimeMs}`;
    if (stamp === this.#stamp) return;
    const names = found === undefined ? [] : fs.readdirSync(this.#folder);
    this.#count = names.filter((name) => !name.startsWith(".")).length;
    this.#stamp = stamp;
  }
}
