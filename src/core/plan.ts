import { type Action, actionKey } from "./action.ts";
import { ownerOf } from "./job-info.ts";
import { planRuns } from "./plan-runs.ts";
import { type Schedule, schedule } from "./schedule.ts";
import type { BusySlot, Gate, QueuedJob, SchedulingRules } from "./schedule-input.ts";
import type { Run, Snapshot, Waiting } from "./snapshot.ts";

/** The configuration's part in every decision. */
export interface PlanRules extends SchedulingRules {
  readonly minFreeDiskBytes: number;
  readonly killGraceSeconds: number;
  /** `drain`: start nothing more; `kill`: also end what runs. */
  readonly mode: "run" | "drain" | "kill";
}

/** What to do now, and how the waiting jobs stand. */
export interface Plan {
  readonly actions: readonly Action[];
  readonly schedule: Schedule;
  readonly gate: Gate;
}

/**
 * The whole policy, as a pure function: the same snapshot and rules give the same plan. Runs come before the queue,
 * so that what has ended is out of the way first; an action that failed lately is left out until its back-off ends.
 */
export function plan(snapshot: Snapshot, rules: PlanRules): Plan {
  const gate = gateOf(snapshot, rules);
  const decided = schedule({
    waiting: queuedJobs(snapshot),
    busy: snapshot.runs.map(busySlot),
    rules,
    gate,
  });
  const claims = decided.starts.map((start): Action => ({ kind: "claim", name: start.name, start }));
  const actions = [...planRuns(snapshot, rules), ...planQueue(snapshot), ...claims];
  return { actions: actions.filter((action) => isFree(action, snapshot)), schedule: decided, gate };
}

function planQueue(snapshot: Snapshot): Action[] {
  return snapshot.queue.flatMap((entry): Action[] => {
    if (entry.kind === "stray") return [];
    const { name } = entry;
    if (entry.killRequested) return [{ kind: "withdraw", name }];
    if (entry.kind === "arriving") return entry.readiness.kind === "ready" ? [{ kind: "admit", name }] : [];
    return entry.topRequested ? [{ kind: "top", name }] : [];
  });
}

function gateOf(snapshot: Snapshot, rules: PlanRules): Gate {
  if (rules.mode !== "run") return { kind: "draining" };
  if (snapshot.paused) return { kind: "paused" };
  const { freeBytes } = snapshot;
  if (freeBytes < rules.minFreeDiskBytes) {
    return { kind: "low_disk", freeBytes, neededBytes: rules.minFreeDiskBytes };
  }
  return { kind: "open" };
}

function queuedJobs(snapshot: Snapshot): QueuedJob[] {
  const occupied = new Set(snapshot.runs.map((run) => run.name));
  return snapshot.queue.flatMap((entry) => {
    if (entry.kind !== "waiting" || entry.killRequested) return [];
    const obstacle = occupied.has(entry.name)
      ? "its earlier run is still being ended"
      : snapshot.obstacles.get(actionKey("claim", entry.name));
    return [queuedJob(entry, obstacle)];
  });
}

function queuedJob(job: Waiting, obstacle: string | undefined): QueuedJob {
  const { timeLimitSeconds } = job.info;
  return {
    name: job.name,
    owner: ownerOf(job.info),
    processors: job.info.processors,
    priority: job.info.priority,
    place: job.place,
    sentToTop: job.sentToTop,
    held: job.held,
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    ...(obstacle === undefined ? {} : { obstacle }),
  };
}

function busySlot(run: Run): BusySlot {
  const { name, launch } = run;
  const { aheadOf, processors, info } = launch;
  const slot = { name, owner: ownerOf(info), processors, ...timesOf(run) };
  return aheadOf === undefined ? slot : { ...slot, aheadOf };
}

/** What has ended gives its processors back any moment, whatever its limit was. */
function timesOf({ state, launch }: Run): Pick<BusySlot, "elapsedSeconds" | "timeLimitSeconds"> {
  if (state.kind === "exited" || state.kind === "vanished") return { elapsedSeconds: 0, timeLimitSeconds: 0 };
  const elapsedSeconds = state.kind === "running" ? state.elapsedSeconds : 0;
  const { timeLimitSeconds } = launch.info;
  return timeLimitSeconds === undefined ? { elapsedSeconds } : { elapsedSeconds, timeLimitSeconds };
}

function isFree(action: Action, snapshot: Snapshot): boolean {
  return !snapshot.obstacles.has(actionKey(action.kind, action.name));
}
