import type { Action } from "./action.ts";
import type { Run } from "./snapshot.ts";

/**
 * The time of the next pass: `at_once` (more can be done), `soon` (only the published status may be out of date), `when_due`
 * (nothing to do before an event or a timer).
 */
export type NextPass = "at_once" | "soon" | "when_due";

/** The result of an action: one that is `unfinished` is gone on with in the next pass. */
export interface Carried {
  readonly kind: Action["kind"];
  readonly end: "done" | "unfinished" | "refused";
}

/** These change nothing on disk; the processes go on in their own time. */
const SIGNALS: ReadonlySet<Action["kind"]> = new Set(["signal", "continue_supervisor"]);

/** The time of the pass that follows one in which these actions were carried out. */
export function nextAfter(actions: readonly Carried[]): NextPass {
  if (!actions.some(({ kind, end }) => end !== "refused" && !SIGNALS.has(kind))) return "when_due";
  return actions.every(({ kind, end }) => kind === "start" && end === "done") ? "soon" : "at_once";
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
