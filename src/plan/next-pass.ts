import type { Plan } from "./plan.ts";
import type { Run } from "./snapshot.ts";

/**
 * When to run the next pass: `at_once` (more can be done), `soon` (only the published status may be out of date), `when_due`
 * (nothing to do before an event or a timer).
 */
export type NextPass = "at_once" | "soon" | "when_due";

/**
 * When the pass is worth it that follows one.
 * @param changed whether an action has done something
 * @param isStarted whether all that was claimed has been spawned too
 */
export function nextAfter({ actions }: Plan, changed: boolean, isStarted: boolean): NextPass {
  if (!changed) return "when_due";
  return isStarted && actions.every(({ kind }) => kind === "claim") ? "soon" : "at_once";
}

const ENDING_LOOK_MS = 200;

/**
 * In how many milliseconds one of the runs has to be looked at though nothing happens: often while it is being ended, when its
 * time is up where it has a limit. Infinity when none has to.
 */
export function runsDueInMs(runs: readonly Run[]): number {
  return Math.min(Number.POSITIVE_INFINITY, ...runs.map(dueInMs));
}

function dueInMs({ state, end, leftProcesses, launch }: Run): number {
  if (end !== undefined || leftProcesses > 0) return ENDING_LOOK_MS;
  const { timeLimitSeconds } = launch.info;
  if (state.kind !== "running" || timeLimitSeconds === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, timeLimitSeconds - state.elapsedSeconds) * 1000 + 1;
}
