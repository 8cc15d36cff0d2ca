import type { ZipFile } from "yazl";

interface Entry {
  readonly state: number;
}

/** The state of an entry whose content is written: `Entry.FILE_DATA_DONE` in the library. */
const WRITTEN = 3;

/**
 * The entries of a zip that are written, kept aside until it ends: at each step the library (yazl 3.3.1, `pumpEntries`)
 * goes through all that it holds, so that a hundred thousand files would take more than a minute of looking.
 */
export class WrittenEntries {
  /** The library's own list, which its types do not tell of. */
  readonly #zip: { entries: Entry[] };
  readonly #aside: Entry[] = [];

  constructor(zip: ZipFile) {
    this.#zip = zip as unknown as { entries: Entry[] };
  }

  /** Sets aside what has been written so far. */
  setAside(): void {
    const { entries } = this.#zip;
    const firstOpen = entries.findIndex(({ state }) => state !== WRITTEN);
    this.#aside.push(...entries.splice(0, firstOpen === -1 ? entries.length : firstOpen));
  }

  /** Puts back what was set aside, in its order, for the table at the zip's end. */
  putBack(): void {
    this.#zip.entries = [...this.#aside, ...this.#zip.entries];
  }
}
