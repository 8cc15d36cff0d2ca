import { harmlessName } from "./name-text.ts";

/** What a zip can tell of a name is two bytes long. */
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
