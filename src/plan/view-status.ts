import type { RunningJob, WaitingJob } from "../job/job.ts";
import { ownerOf } from "../job/job-info.ts";
import type { PublishedStatus } from "../job/published-status.ts";
import { areInodesLow, describeInodes } from "../text/inodes.ts";
import { counted, formatBytes } from "../text/quantity.ts";
import { actionKey, SHOWN_ACTIONS } from "./action.ts";
import { BY_LIMITS_ALONE, type Estimates, expectedEnd } from "./estimates.ts";
import type { Plan } from "./plan.ts";
import { describeGate, describeReason } from "./reasons.ts";
import { describeReadiness, type Readiness } from "./settle.ts";
import type { CopyProgress, Run, Snapshot, Spread, Stray, Waiting } from "./snapshot.ts";
import type { WaitingPlace } from "./waiting-places.ts";

type StatusLists = Pick<PublishedStatus, "arriving" | "waiting" | "running" | "strays" | "closed" | "paused">;

/** A snapshot, its plan and the places of those that wait as people see them: the lists of the published status. */
export function viewStatus(
  snapshot: Snapshot,
  plan: Plan,
  places: readonly WaitingPlace[],
  estimates = BY_LIMITS_ALONE,
): StatusLists {
  return {
    arriving: viewArriving(snapshot),
    waiting: viewWaiting(snapshot, plan, places),
    running: [
      ...snapshot.spreads.map((spread) => viewSpread(spread, snapshot)),
      ...snapshot.runs.map((run) => viewRun(run, snapshot, estimates)),
    ],
    strays: viewStrays(snapshot),
    paused: snapshot.paused,
    ...(plan.gate.kind === "open" ? {} : { closed: describeGate(plan.gate) }),
  };
}

/** News of folders in `QM_Jobs` that are no runs and cannot be put away: nobody else would ever name them. */
export function describeStuck({ unrecorded, obstacles }: Snapshot): string[] {
  return unrecorded.flatMap(({ name }) => {
    const why = obstacles.get(actionKey("put_away_unrecorded", name));
    return why === undefined ? [] : [`${name} in QM_Jobs does not run and cannot be put away: ${why}`];
  });
}

const STUCK: ReadonlySet<Readiness["kind"]> = new Set(["unreadable", "mount_point"]);

function viewArriving({ queue, obstacles, copyIns }: Snapshot): StatusLists["arriving"] {
  return queue.flatMap((entry) => {
    if (entry.kind !== "arriving") return [];
    const { name, bytes, files, readiness } = entry;
    const copyIn = copyIns.get(name);
    const whole = copyIn === undefined ? describeReadiness(readiness) : describeCopyIn(copyIn, bytes);
    const obstacle = obstacleOf(obstacles, name);
    const isStuck = obstacle !== undefined || STUCK.has(readiness.kind);
    const stuck = isStuck ? { stuck: true as const } : {};
    return [{ name, state: "arriving", bytes, files, reason: obstacle ?? whole, ...stuck }];
  });
}

function describeCopyIn({ bytes: copied, endedSeconds }: CopyProgress, bytes: number): string {
  const why = "as the manager may not move it";
  if (copied === undefined) return `is copied in next, ${why}`;
  if (endedSeconds !== undefined) return `has been copied in, ${why}`;
  return `is being copied in, ${why}: ${formatBytes(copied)} of ${formatBytes(bytes)}`;
}

/** The waiting jobs in their order; those just being started or withdrawn too, as that may fail. */
function viewWaiting(
  snapshot: Snapshot,
  plan: Plan,
  places: readonly WaitingPlace[],
): StatusLists["waiting"] {
  const { queue, obstacles } = snapshot;
  const jobs = new Map(queue.flatMap((entry) => (entry.kind === "waiting" ? [[entry.name, entry]] : [])));
  const { starting, line } = linesOf(snapshot, plan, places);
  const ranked = [
    ...starting.map((entry) => ({ ...entry, rank: 0 })),
    ...line.map((entry, ahead) => ({ ...entry, rank: ahead + 1 })),
  ];
  return ranked.flatMap((entry) => {
    const job = jobs.get(entry.name);
    return job === undefined ? [] : [viewInLine(job, entry, obstacleOf(obstacles, job.name))];
  });
}

/** The jobs that are being started, and the line of all others; at its end those that cannot be started or are withdrawn. */
function linesOf({ queue, obstacles }: Snapshot, { starts: started }: Plan, places: readonly WaitingPlace[]) {
  const isStuck = ({ name }: Line) => obstacleOf(obstacles, name) !== undefined;
  const starts: Line[] = started.map(({ name }) => ({ name, reason: "is being started" }));
  const unwanted = queue.flatMap((entry): Line[] => {
    if (entry.kind !== "waiting" || !entry.killRequested) return [];
    return [{ name: entry.name, reason: "is being withdrawn: there is a file QM_KILL in it" }];
  });
  const order: Line[] = places.map((place) => ({ ...place, reason: describeReason(place.reason) }));
  const line = [...order, ...starts.filter(isStuck), ...unwanted];
  return { starting: starts.filter((start) => !isStuck(start)), line };
}

interface Line {
  readonly name: string;
  readonly reason: string;
  readonly expectedStartSeconds?: number | undefined;
}

function viewInLine(
  job: Waiting,
  { rank, reason, expectedStartSeconds }: Line & { readonly rank: number },
  obstacle: string | undefined,
): WaitingJob {
  return {
    name: job.name,
    ...(job.number === undefined ? {} : { number: job.number }),
    state: "waiting",
    owner: ownerOf(job.info),
    ...groupOf(job.info),
    description: job.info.description,
    processors: job.info.processors,
    priority: job.info.priority,
    bytes: job.bytes,
    queuedAt: new Date(job.admittedAtMs).toISOString(),
    rank,
    held: job.held,
    ...(job.reassigned === undefined ? {} : { reassigned: job.reassigned }),
    reason: obstacle ?? reason,
    ...(expectedStartSeconds === undefined ? {} : { expectedStartSeconds: Math.round(expectedStartSeconds) }),
  };
}

function viewSpread({ name, launch, end, children }: Spread, { obstacles }: Snapshot): RunningJob {
  const ended = children.filter((child) => child.end !== undefined).length;
  const note = `on ${counted(children.length, "worker")}: ${ended} of ${children.length} ended`;
  const obstacle = obstacleOf(obstacles, name);
  return {
    name,
    ...(launch.number === undefined ? {} : { number: launch.number }),
    state: end === undefined ? "running" : "ending",
    runId: launch.runId,
    attempt: launch.attempt,
    owner: ownerOf(launch.info),
    ...groupOf(launch.info),
    description: launch.info.description,
    processors: launch.processors,
    queuedAt: new Date(launch.admittedAtMs).toISOString(),
    startedAt: new Date(launch.claimedAtMs).toISOString(),
    note: obstacle === undefined ? note : `${note}; ${obstacle}`,
    children: children.flatMap((child) => child.name ?? []),
  };
}

function viewRun(run: Run, snapshot: Snapshot, estimates: Estimates): RunningJob {
  const { launch, state } = run;
  const { timeLimitSeconds } = launch.info;
  const note = noteOf(run, snapshot);
  const expectedEndSeconds = expectedEnd(run, estimates);
  return {
    name: run.name,
    ...(launch.number === undefined ? {} : { number: launch.number }),
    state: shownStateOf(run),
    ...(snapshot.workers.length > 1 ? { worker: run.worker } : {}),
    runId: launch.runId,
    attempt: launch.attempt,
    owner: ownerOf(launch.info),
    ...groupOf(launch.info),
    description: launch.info.description,
    processors: launch.processors,
    queuedAt: new Date(launch.admittedAtMs).toISOString(),
    ...(launch.processorIds === undefined ? {} : { processorIds: launch.processorIds }),
    ...(state.kind === "claimed" ? {} : { startedAt: new Date(state.startedAtMs).toISOString() }),
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    ...(expectedEndSeconds === undefined ? {} : { expectedEndSeconds: Math.round(expectedEndSeconds) }),
    ...(note === undefined ? {} : { note }),
  };
}

function groupOf({ group }: Waiting["info"]) {
  return group === undefined ? {} : { group };
}

function shownStateOf({ state, end }: Run): RunningJob["state"] {
  if (state.kind === "claimed") return "starting";
  const runs = state.kind === "running" && !state.endUnwritten;
  return runs && end === undefined ? "running" : "ending";
}

/** Below this a disk counts as full. */
const NO_SPACE_BYTES = 1e6;

function noteOf(
  { name, state, waitsFor }: Run,
  { obstacles, freeBytes, inodes }: Snapshot,
): string | undefined {
  if (state.kind === "running" && state.endUnwritten) {
    return `has ended, but its end cannot be written down: ${whyUnwritten(freeBytes, inodes)}`;
  }
  const isOver = state.kind === "exited" || state.kind === "vanished";
  const unaccounted = obstacles.get(actionKey("finish", name)) ?? obstacles.get(actionKey("lose", name));
  return isOver && unaccounted !== undefined
    ? `has ended, but ${unaccounted}`
    : (obstacleOf(obstacles, name) ?? waitsFor);
}

function whyUnwritten(freeBytes: number, inodes: Snapshot["inodes"]): string {
  if (freeBytes < NO_SPACE_BYTES) return "no space left on the disk";
  return areInodesLow(inodes) ? describeInodes(inodes) : "its supervisor cannot write into .qm";
}

function viewStrays({ queue }: Snapshot): StatusLists["strays"] {
  return queue.flatMap((entry) => (entry.kind === "stray" ? [viewStray(entry)] : []));
}

/** Something in the queue that is left alone, with what to do about it. */
export function viewStray({ name, what, why }: Stray): StatusLists["strays"][number] {
  const hint = `it is ${what}: a job is a folder; put it into one and copy that`;
  return { name, reason: why === undefined ? hint : `left alone: ${why}` };
}

function obstacleOf(obstacles: Snapshot["obstacles"], name: string): string | undefined {
  if (obstacles.size === 0) return undefined;
  const kind = SHOWN_ACTIONS.find((candidate) => obstacles.has(actionKey(candidate, name)));
  return kind === undefined ? undefined : obstacles.get(actionKey(kind, name));
}
