import { ownerOf } from "../job/job-info.ts";
import type { JobRecord } from "../job/record.ts";
import type { Run } from "./snapshot.ts";

/** Jobs that are alike: of one owner and one command line. */
export interface Kind {
  readonly owner: string;
  readonly script?: string | undefined;
}

/** Estimates, beside limits, of how long jobs take. All of it may be wrong: it is shown, and decides nothing. */
export interface Estimates {
  /** Seconds until a run ends if it goes on as it went, by the progress in its log; undefined where that tells none. */
  readonly secondsLeft: (runId: string) => number | undefined;
  /** Seconds that jobs of a kind took; undefined where too few are known. */
  readonly usualSeconds: (kind: Kind) => number | undefined;
}

/** Estimates where nothing but the limits is known. */
export const BY_LIMITS_ALONE: Estimates = { secondsLeft: () => undefined, usualSeconds: () => undefined };

/**
 * Seconds until a run is expected to end: by its progress, else by what its kind took, and at its limit at the latest.
 * 0 for one that is past that, undefined where nothing tells.
 */
export function expectedEnd({ launch, state, end }: Run, estimates: Estimates): number | undefined {
  if (end !== undefined || state.kind === "exited" || state.kind === "vanished") return 0;
  const { info, runId } = launch;
  const elapsed = state.kind === "running" ? state.elapsedSeconds : 0;
  const total = estimates.usualSeconds({ owner: ownerOf(info), script: info.script }) ?? Infinity;
  const untilLimit = (info.timeLimitSeconds ?? Infinity) - elapsed;
  const seconds = Math.min(estimates.secondsLeft(runId) ?? total - elapsed, untilLimit);
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

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
