import type { Occurrence } from "./occurrences.ts";
import type { Pending } from "./recurring-job.ts";
import { longerStretch, type NotRun, type Stretch } from "./stretches.ts";

/** The reason why an occurrence does not run. */
export interface Reason {
  readonly state: NotRun;
  /** For people. */
  readonly why: string;
}

const GIVES_WAY: Reason = { state: "missed", why: "late, and a later one came" };

/** Occurrences that are late, as after a stop: those still to run, all or the last, and the others by their reasons. */
export class LateOccurrences {
  readonly #keepsAll: boolean;
  readonly #passedOver = new Map<string, Stretch>();
  #kept: Pending | undefined;

  constructor(keepsAll: boolean) {
    this.#keepsAll = keepsAll;
  }

  /** The first and the last of those still to run. */
  get kept(): Pending | undefined {
    return this.#kept;
  }

  /** The others, a single stretch for each reason, however many run between them. */
  get passedOver(): readonly Stretch[] {
    return [...this.#passedOver.values()];
  }

  /** One that may still run. */
  keep(occurrence: Occurrence): void {
    if (!this.#keepsAll) this.giveWay();
    this.#kept = { next: this.#kept?.next ?? occurrence, last: occurrence };
  }

  /** The one to run does not, as a later one does. */
  giveWay(): void {
    if (this.#kept !== undefined) this.passOver(this.#kept.last, GIVES_WAY);
    this.#kept = undefined;
  }

  passOver({ dueMs }: Occurrence, { state, why }: Reason): void {
    const key = `${state} ${why}`;
    this.#passedOver.set(key, longerStretch(this.#passedOver.get(key), state, why, dueMs));
  }
}
