import type { KnownFolder } from "./known-folder.ts";

/** The folders of the queue that are being surveyed: they arrive, or something about them has changed. */
export class QueueSurveys {
  readonly #folders = new Set<KnownFolder>();

  add(known: KnownFolder): void {
    this.#folders.add(known);
  }

  delete(known: KnownFolder): void {
    this.#folders.delete(known);
  }

  [Symbol.iterator](): Iterator<KnownFolder> {
    return this.#folders.values();
  }

  /** When the next survey is due on the monotonic clock; infinity when nothing is surveyed. */
  nextDueMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { arrival } of this.#folders) {
      if (arrival !== undefined && arrival.nextSurveyMs < next) next = arrival.nextSurveyMs;
    }
    return next;
  }

  /** Goes on with the surveys that are due, until a time on the monotonic clock; true when one has become whole. */
  advance(nowMs: number, until: number): boolean {
    let completed = false;
    for (const { arrival } of this.#folders) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) break;
      if (arrival === undefined || arrival.nextSurveyMs > nowMs) continue;
      arrival.advance(nowMs, leftMs);
      completed ||= arrival.nextSurveyMs > nowMs;
    }
    return completed;
  }
}
