import type fs from "node:fs";
import { finalNameOf, foldName } from "../../job/names.ts";
import { identityOf } from "./arrival.ts";
import type { KnownFolder } from "./known-folder.ts";

/** The folded names that the folders of the queue own. */
export class QueueNames {
  readonly #known: ReadonlyMap<string, KnownFolder>;
  /** Names given to folders that have not been looked at since, by their folded form. */
  readonly #given = new Map<string, string>();

  /** @param known the folders that have been looked at, by name, as they come and go */
  constructor(known: ReadonlyMap<string, KnownFolder>) {
    this.#known = known;
  }

  /** Reserves a name for the folder that was just given it, until that is looked at. */
  reserve(name: string): void {
    this.#given.set(foldName(name), name);
  }

  /** Ends every reservation of a folded name: a folder has been met under it. */
  endReservation(name: string): void {
    this.#given.delete(foldName(name));
  }

  /** Ends the reservation of exactly this name: its folder is no longer in the queue. */
  forget(name: string): void {
    const folded = foldName(name);
    if (this.#given.get(folded) === name) this.#given.delete(folded);
  }

  /**
   * True where another folder of the queue owns this folded name. An admitted folder owns its name. One that is still
   * arriving owns it only against folders of other names: of two arriving under the same name, the first to be admitted
   * keeps it.
   */
  isOwnedByAnother(folded: string, own: string): boolean {
    const isOwn = folded === foldName(own);
    if (this.#given.has(folded) && this.#given.get(folded) !== own) return true;
    for (const [name, known] of this.#known) {
      if (known.folded === folded && name !== own && (known.admitted || !isOwn)) return true;
    }
    return false;
  }
}

/** Folders with temporary names, remembered by their identity: they are known by it once they are renamed. */
export class TemporaryNames {
  readonly #names = new Map<string, string>();

  /** Remembers what has a temporary name now. */
  note(name: string, stats: fs.Stats): void {
    this.#names.set(identityOf(stats), name);
  }

  /** True where what has this name now had its temporary form before. */
  had(name: string, stats: fs.Stats): boolean {
    const before = this.#names.get(identityOf(stats));
    return before !== undefined && finalNameOf(before) === name;
  }

  /** Forgets those whose temporary names are in no listing of the queue any more. */
  keepOnly(listed: { readonly has: (name: string) => boolean }): void {
    for (const [identity, name] of this.#names) if (!listed.has(name)) this.#names.delete(identity);
  }
}
