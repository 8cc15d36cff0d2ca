import { ownerOf } from "../job/job-info.ts";
import { areInodesLow } from "../text/inodes.ts";
import { type Action, actionKey, type Carried } from "./action.ts";
import { BY_LIMITS_ALONE, expectedEnd } from "./estimates.ts";
import { planRuns } from "./plan-runs.ts";
import { destinationsOf, planSpreads } from "./plan-spreads.ts";
import { describeGate } from "./reasons.ts";
import { type Choice, chooseStarts, orderBehind } from "./schedule.ts";
import type { BusySlot, Gate, PlanRules, QueuedJob, ScheduleInput } from "./schedule-input.ts";
import type { Readiness } from "./settle.ts";
import type { Arriving, Run, Snapshot, Unrecorded, Waiting } from "./snapshot.ts";
import type { WaitingPlace } from "./waiting-places.ts";
import { demandOf } from "./worker.ts";

/** Actions and starts of this pass; `keptFor` is to stand in the next snapshot. */
export interface Plan extends Choice {
  readonly actions: readonly Action[];
  readonly gate: Gate;
}

/**
 * The whole policy, as a pure function: the same snapshot and rules give the same plan. Runs come before the queue,
 * so that what has ended is out of the way first; an action that failed lately is left out until its back-off ends.
 */
export function plan(snapshot: Snapshot, rules: PlanRules): Plan {
  const input = scheduleInput(snapshot, rules);
  const choice = chooseStarts(input);
  const spreads = planSpreads(snapshot, rules, input.gate);
  const unrecorded = withoutSpreads(snapshot);
  const planned = [
    ...planRuns({ ...snapshot, unrecorded }, rules),
    ...planQueue(snapshot),
    ...spreads,
    ...startsOf(choice),
  ];
  return { ...choice, actions: withoutObstacles(planned, snapshot), gate: input.gate };
}

function startsOf({ starts }: Choice): Action[] {
  return starts.map((start) => ({ kind: "start", ...start }));
}

function withoutObstacles(actions: readonly Action[], { obstacles }: Snapshot): Action[] {
  return actions.filter(({ kind, name }) => !obstacles.has(actionKey(kind, name)));
}

/**
 * The starts for which the runs that have just ended make room, by the same look: another look at everything would take longer than
 * to start one. What was acted on is left to the next pass.
 * @param runs those that are left, and those that have begun since
 */
export function startsInstead(
  snapshot: Snapshot,
  rules: PlanRules,
  carried: readonly Carried[],
  runs: readonly Run[],
): Action[] {
  const acted = new Set(carried.map(({ name }) => name));
  const queue = snapshot.queue.filter(({ name }) => !acted.has(name));
  const choice = chooseStarts(scheduleInput({ ...snapshot, queue, runs }, rules));
  return withoutObstacles(startsOf(choice), snapshot);
}

/**
 * The waiting jobs that the plan does not start, in order, each with its reason and its expected start. Only people need this,
 * so not every pass computes it.
 */
export function placesOf(
  snapshot: Snapshot,
  rules: PlanRules,
  { starts, keptFor }: Plan,
  estimates = BY_LIMITS_ALONE,
): WaitingPlace[] {
  const busy = snapshot.runs.map((run) => busySlot(run, expectedEnd(run, estimates)));
  const input = { ...scheduleInput({ ...snapshot, keptFor }, rules), busy };
  return orderBehind(starts, input, estimates.usualSeconds);
}

// Somebody has renamed the folder of such a job, which has not been accounted for yet: that comes first.
function withoutSpreads({ unrecorded, spreads }: Snapshot): readonly Unrecorded[] {
  if (unrecorded.length === 0 || spreads.length === 0) return unrecorded;
  return unrecorded.filter(({ runId }) => spreads.every(({ launch }) => launch.runId !== runId));
}

// A loop, as almost none of ten thousand entries gives an action.
function planQueue(snapshot: Snapshot): Action[] {
  const requests: Action[] = [];
  const arriving: Arriving[] = [];
  for (const entry of snapshot.queue) {
    if (entry.kind === "stray") continue;
    // A folder that cannot be moved cannot be withdrawn either: its copy can.
    if (entry.kind === "arriving" && (isUnmovable(entry) || !entry.killRequested)) arriving.push(entry);
    else if (entry.killRequested) requests.push({ kind: "withdraw", name: entry.name });
    else if (entry.kind === "waiting" && entry.reassignRequested)
      requests.push({ kind: "reassign", name: entry.name });
    else if (entry.kind === "waiting" && entry.topRequested)
      requests.push({ kind: "send_to_top", name: entry.name });
  }
  // Withdrawn first, so that an admitted one is given no name that is about to be taken.
  return [...requests, ...planIntake(arriving, snapshot)];
}

function planIntake(arriving: readonly Arriving[], snapshot: Snapshot): Action[] {
  const unmovable = inPlaceOrder(arriving.filter(isUnmovable));
  const begun = unmovable.filter(({ name }) => !snapshot.copyIns.has(name));
  const copied = new Map(unmovable.map((entry) => [entry.name, asCopied(entry, snapshot)]));
  const whole = toAdmit(arriving.map((entry) => copied.get(entry.name) ?? entry));
  return [
    ...begun.map(({ name }): Action => ({ kind: "copy_in", name })),
    ...whole.map(({ name }): Action => ({ kind: copied.has(name) ? "copy_in" : "admit", name })),
  ];
}

function isUnmovable({ readiness }: Arriving): boolean {
  return readiness.kind === "unmovable";
}

/** A folder that is copied in is whole once its copy is, which may be at any moment; one that cannot be copied keeps nobody waiting. */
function asCopied(entry: Arriving, { copyIns, obstacles }: Snapshot): Arriving {
  const wholeSeconds = copyIns.get(entry.name)?.endedSeconds;
  if (wholeSeconds !== undefined) return { ...entry, readiness: { kind: "ready", wholeSeconds } };
  if (obstacles.has(actionKey("copy_in", entry.name))) return entry;
  return { ...entry, readiness: { kind: "settling", quietSeconds: 0, neededSeconds: 0 } };
}

function scheduleInput(snapshot: Snapshot, rules: PlanRules): ScheduleInput {
  const gate = gateOf(snapshot, rules);
  return {
    workers: snapshot.workers,
    // Made when it is asked for: there may be ten thousand, and in most passes nothing can start.
    get waiting() {
      return queuedJobs(snapshot, gate);
    },
    busy: snapshot.runs.map((run) => busySlot(run)),
    nowMs: snapshot.nowMs,
    keptFor: snapshot.keptFor,
    rules,
    gate,
  };
}

function gateOf(snapshot: Snapshot, rules: PlanRules): Gate {
  if (rules.mode !== "run") return { kind: "draining" };
  if (snapshot.paused) return { kind: "paused" };
  if (!snapshot.isLookedThrough) return { kind: "looking_through" };
  const { freeBytes, inodes } = snapshot;
  if (freeBytes < rules.minFreeDiskBytes) {
    return { kind: "low_disk", freeBytes, neededBytes: rules.minFreeDiskBytes };
  }
  if (areInodesLow(inodes)) return { kind: "low_inodes", ...inodes };
  return { kind: "open" };
}

function queuedJobs(snapshot: Snapshot, gate: Gate): QueuedJob[] {
  const { runs, spreads } = snapshot;
  const occupied = new Set([...runs, ...spreads].map(({ name }) => name));
  const jobs: QueuedJob[] = [];
  for (const entry of snapshot.queue) {
    if (entry.kind !== "waiting" || entry.killRequested) continue;
    const obstacle = occupied.has(entry.name)
      ? "its earlier run is still being ended"
      : obstacleTo(entry, snapshot, gate);
    jobs.push(obstacle === undefined ? queuedJob(entry) : { ...queuedJob(entry), obstacle });
  }
  return jobs;
}

function obstacleTo(entry: Waiting, { obstacles, workers }: Snapshot, gate: Gate): string | undefined {
  if (entry.reassignRequested) return "is being reassigned";
  // Almost always there is none at all, and ten thousand keys take long to be made.
  if (entry.info.runOnAll !== true)
    return obstacles.size === 0 ? undefined : obstacles.get(actionKey("start", entry.name));
  // Its children alone start.
  if (gate.kind !== "open") return describeGate(gate);
  const to = destinationsOf(entry.info, workers);
  if (to.kind === "none") return to.why;
  return obstacles.get(actionKey("spread", entry.name)) ?? "is being put on its workers";
}

/** Made once of each entry, which never changes. */
const madeOf = new WeakMap<Waiting, QueuedJob>();

function queuedJob(job: Waiting): QueuedJob {
  const known = madeOf.get(job) ?? makeQueuedJob(job);
  madeOf.set(job, known);
  return known;
}

function makeQueuedJob({ name, info, place, sentToTop, held, headSinceMs }: Waiting): QueuedJob {
  const { script, processors, priority, timeLimitSeconds } = info;
  const asked = {
    owner: ownerOf(info),
    script,
    processors,
    priority,
    timeLimitSeconds,
    demand: demandOf(info),
    prefers: info.prefers,
  };
  return { name, ...asked, place, sentToTop, held, headSinceMs };
}

function busySlot(run: Run, expectedSeconds?: number): BusySlot {
  const { aheadOf, processors, info } = run.launch;
  const { name, worker } = run;
  return { name, worker, owner: ownerOf(info), processors, aheadOf, expectedSeconds, ...timesOf(run) };
}

/** A run that has ended gives its processors back any moment, whatever its limit was. */
function timesOf({ state, launch }: Run): Pick<BusySlot, "elapsedSeconds" | "timeLimitSeconds"> {
  if (state.kind === "exited" || state.kind === "vanished") return { elapsedSeconds: 0, timeLimitSeconds: 0 };
  const elapsedSeconds = state.kind === "running" ? state.elapsedSeconds : 0;
  return { elapsedSeconds, timeLimitSeconds: launch.info.timeLimitSeconds };
}

/** Folders that become whole within this time are admitted in the order in which they were first seen. */
const TOGETHER_SECONDS = 1;

type Ready = Arriving & { readonly readiness: Extract<Readiness, { readonly kind: "ready" }> };

/**
 * The folders to admit now, of those that arrive, by their places. A whole one waits for those with an earlier place that become
 * whole less than a second after it, unless a later one goes already. Whatever was delivered whole waits for nothing.
 */
export function toAdmit(arriving: readonly Arriving[]): Ready[] {
  if (!arriving.some(isReady)) return [];
  let soonestSeconds = Number.POSITIVE_INFINITY;
  const waiting: Ready[] = [];
  const admitted: Ready[] = [];
  for (const folder of inPlaceOrder(arriving)) {
    soonestSeconds = Math.min(soonestSeconds, untilWhole(folder));
    if (!isReady(folder)) continue;
    const { wholeSeconds } = folder.readiness;
    if (wholeSeconds === undefined) admitted.push(folder);
    else if (soonestSeconds + wholeSeconds <= TOGETHER_SECONDS) waiting.push(folder);
    else admitted.push(...waiting.splice(0), folder);
  }
  return inPlaceOrder(admitted);
}

function isReady(folder: Arriving): folder is Ready {
  return folder.readiness.kind === "ready";
}

/** Seconds until a folder is whole if it does not change any more; infinity where no rest makes it so. */
function untilWhole({ readiness }: Arriving): number {
  if (readiness.kind !== "settling") return Number.POSITIVE_INFINITY;
  return readiness.neededSeconds - readiness.quietSeconds;
}

/** Folders that arrive, those first that were seen first. */
function inPlaceOrder<A extends Arriving>(arriving: readonly A[]): A[] {
  return arriving.toSorted((left, right) => (left.place ?? 0) - (right.place ?? 0));
}
