import { isIgnoredName } from "../../job/names.ts";
import type { Admissions } from "./admissions.ts";

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
