import type fs from "node:fs";
import { finalNameOf, foldName, isIgnoredName } from "../../job/names.ts";
import type { Admissions } from "./admissions.ts";
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

/** One copy of many folders may go on for so long and still count as one look. */
const LONGEST_LOOK_MS = 1000;

/**
 * Gives everything in the queue its place: first come is first seen, and within one look the names go in natural order. A
 * copy of several folders is met folder by folder, so newcomers that follow one another closely count as one look. The
 * places are kept with the admissions.
 */
export class FirstSeen {
  readonly #admissions: Admissions;
  readonly #closelyMs: number;
  /** Names without a place yet: those of the look that goes on. */
  readonly #fresh = new Set<string>();
  /** The times at which this look met its first and its last newcomer, on the monotonic clock. */
  #beganMs = 0;
  #latestMs = 0;

  /** @param closelyMs a look ends once there was no newcomer for so many milliseconds */
  constructor(admissions: Admissions, closelyMs: number) {
    this.#admissions = admissions;
    this.#closelyMs = closelyMs;
  }

  /** Notes a name that lies in the queue. */
  note(name: string, nowMs: number): void {
    if (isIgnoredName(name) || this.#admissions.placeOf(name) !== undefined || this.#fresh.has(name)) return;
    if (nowMs > this.#latestMs) this.endLookIfOver(nowMs);
    if (this.#fresh.size === 0) this.#beganMs = nowMs;
    this.#latestMs = nowMs;
    this.#fresh.add(name);
  }

  /** The names without a place. */
  get fresh(): ReadonlySet<string> {
    return this.#fresh;
  }

  /** Forgets a name that is gone before its look has ended. */
  forget(name: string): void {
    this.#fresh.delete(name);
  }

  /** Ends a look that has met no newcomer for a while, or that takes too long. */
  endLookIfOver(nowMs: number): void {
    const isOver = nowMs - this.#latestMs >= this.#closelyMs || nowMs - this.#beganMs >= LONGEST_LOOK_MS;
    if (isOver) this.endLook();
  }

  /** Gives all names of this look their places; names noted afterwards come behind. */
  endLook(): void {
    if (this.#fresh.size === 0) return;
    this.#admissions.reserve([...this.#fresh].sort(compareNaturally));
    this.#fresh.clear();
  }
}
/** One order for every machine, whatever its language: that of the Unicode Collation Algorithm (UTS 10), numbers as people count. */
const COLLATOR = new Intl.Collator("en", { numeric: true });

/**
 * Order of two names as people list them: `run-2` before `run-10`, `a` beside `A` and `á`. Names that the alphabet does not
 * tell apart, as those of two Unicode forms, follow by code units: 0 for equal names alone.
 */
export function compareNaturally(left: string, right: string): number {
  const byAlphabet = COLLATOR.compare(left, right);
  if (byAlphabet !== 0 || left === right) return byAlphabet;
  return left < right ? -1 : 1;
}
