import type { StoredLetter } from "../mail/stored-letter.ts";

/** Between two letters to `Mail_Admin` about what could not be delivered. */
const ANNOUNCE_GAP_MS = 3_600_000;

/** Collects the letters that could not be delivered until `Mail_Admin` is told of them, at most once an hour. */
export class UndeliveredNews {
  #letters: readonly StoredLetter[] = [];
  #announcedMs = Number.NEGATIVE_INFINITY;

  /** Adds a letter if it is about a job: letters to `Mail_Admin` about letters to `Mail_Admin` would never end. */
  add(letter: StoredLetter): void {
    if (letter.about === "job") this.#letters = [...this.#letters, { ...letter, text: "", html: "" }];
  }

  /** The letters that are to be announced now, on the monotonic clock; none when it is too early. */
  due(nowMs: number): readonly StoredLetter[] {
    return nowMs - this.#announcedMs < ANNOUNCE_GAP_MS ? [] : this.#letters;
  }

  /** All that was collected has been announced. */
  noteAnnounced(nowMs: number): void {
    this.#announcedMs = nowMs;
    this.#letters = [];
  }
}
