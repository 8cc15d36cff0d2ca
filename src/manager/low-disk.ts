import fs from "node:fs";
import path from "node:path";

/** So much more than needed has to be free before the next shortage counts as another one. */
const RELIEF = 1.1;

/** Tells when the disk begins to be too full; the mark on it that this was told outlives the daemon. */
export class LowDisk {
  readonly #mark: string;
  #isLow: boolean;

  /** @param name of the mark: of what there is too little */
  constructor(outbox: string, name: string) {
    this.#mark = path.join(outbox, name);
    this.#isLow = fs.existsSync(this.#mark);
  }

  /** Calls `tell` where too little is free for the first time since there was enough; again at the next look if that throws. */
  watch(free: number, needed: number, tell: () => void): void {
    if (this.#isLow && free > needed * RELIEF) this.#end();
    if (this.#isLow || free >= needed) return;
    tell();
    this.#isLow = true;
    this.#write();
  }

  #end(): void {
    this.#isLow = false;
    fs.rmSync(this.#mark, { force: true });
  }

  // On a disk that is full to the brim it is known in memory alone.
  #write(): void {
    try {
      fs.mkdirSync(path.dirname(this.#mark), { recursive: true, mode: 0o700 });
      fs.writeFileSync(this.#mark, "");
    } catch {
      // Told once more after a restart.
    }
  }
}
