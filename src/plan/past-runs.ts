import type { JobRecord } from "../job/record.ts";
import type { Kind } from "./estimates.ts";

/** Runs of a kind that are remembered, and how many tell how long it takes. */
const REMEMBERED = 9;
const ENOUGH = 3;
const MAX_KINDS = 2000;
/** A longer command line is not worth the memory. */
const MAX_SCRIPT_CHARACTERS = 2000;

/** Run times of jobs that were done, by their kind; of the kinds seen last and the last runs of each. */
export class PastRuns {
  readonly #seconds = new Map<string, readonly number[]>();

  /** Takes in an ended attempt; those that are told first are forgotten first. */
  add(record: Pick<JobRecord, "state" | "owner" | "script" | "ranSeconds">): void {
    const { state, script = "", ranSeconds } = record;
    if (state !== "done" || ranSeconds === undefined || script.length > MAX_SCRIPT_CHARACTERS) return;
    const key = keyOf(record);
    const before = this.#seconds.get(key) ?? [];
    this.#seconds.delete(key);
    this.#seconds.set(key, [...before, ranSeconds].slice(-REMEMBERED));
    if (this.#seconds.size > MAX_KINDS) this.#seconds.delete(this.#seconds.keys().next().value ?? "");
  }

  /** The median of what jobs of a kind took, in seconds; undefined where fewer than three are known. */
  usualSeconds(kind: Kind): number | undefined {
    const seconds = this.#seconds.get(keyOf(kind)) ?? [];
    return seconds.length < ENOUGH ? undefined : seconds.toSorted((a, b) => a - b)[seconds.length >> 1];
  }
}

/** A job's owner holds no NUL, and neither does a script that ran. */
function keyOf({ owner, script }: Kind): string {
  return `${owner}\0${script ?? ""}`;
}
