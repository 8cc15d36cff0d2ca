import { ownerOf } from "../job/job-info.ts";
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
