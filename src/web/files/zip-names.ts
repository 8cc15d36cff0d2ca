import type { ZipFile } from "yazl";
import { escapeControls } from "../../text/escape.ts";
import { harmlessName, nameText } from "./name-text.ts";

/** A zip counts the bytes of a name in two bytes. */
const MAX_NAME_BYTES = 65_000;

/** The names of the entries of one zip: below one folder, harmless on every system, each given once. */
export class ZipNames {
  readonly #top: string;
  readonly #given = new Set<string>();

  constructor(jobName: Buffer) {
    this.#top = harmlessName(jobName);
  }

  /** The entry's name for a path inside the job's folder; undefined when it is too long for a zip. */
  give(segments: readonly Buffer[]): string | undefined {
    const wanted = [this.#top, ...segments.map(harmlessName)].join("/");
    if (Buffer.byteLength(wanted) > MAX_NAME_BYTES) return undefined;
    let name = wanted;
    // Different bytes may have become the same text.
    for (let number = 2; this.#given.has(name); number += 1) name = `${wanted}-${number}`;
    this.#given.add(name);
    return name;
  }
}

const MAX_LINES = 1000;

/** The list of what a zip does not hold, or not whole, for people. */
export class ZipNotes {
  readonly #lines: string[] = [];
  #count = 0;

  /** Notes something of a path inside the job's folder; `what` is a clause: "is a link". */
  add(segments: readonly Buffer[], what: string): void {
    this.#count += 1;
    if (this.#lines.length === MAX_LINES) return;
    const shown = segments.map(nameText).join("/");
    this.#lines.push(`${escapeControls(shown === "" ? "the folder itself" : shown)}: ${what}`);
  }

  /** Undefined when nothing is missing. */
  text(): string | undefined {
    if (this.#count === 0) return undefined;
    const more = this.#count - this.#lines.length;
    const rest = more === 0 ? "" : `and ${more} more\n`;
    return `Not in this zip, or not whole:\n\n${this.#lines.join("\n")}\n${rest}`;
  }
}

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
