import type fs from "node:fs";
import { finalNameOf } from "../../job/names.ts";
import { identityOf } from "./arrival.ts";

/** Folders with temporary names, remembered by their identity: they are known by it once they are renamed. */
export class TemporaryNames {
  readonly #names = new Map<string, string>();

  /** Remembers what has a temporary name now. */
  note(name: string, stats: fs.Stats): void {
    this.#names.set(identityOf(stats), name);
  }

  /** Whether what has this name now had its temporary form before. */
  had(name: string, stats: fs.Stats): boolean {
    const before = this.#names.get(identityOf(stats));
    return before !== undefined && finalNameOf(before) === name;
  }

  /** Forgets those whose temporary names are in no listing of the queue any more. */
  keepOnly(listed: { readonly has: (name: string) => boolean }): void {
    for (const [identity, name] of this.#names) if (!listed.has(name)) this.#names.delete(identity);
  }
}
