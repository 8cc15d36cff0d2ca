import { actionKey } from "./action.ts";
import { ownerOf } from "./job-info.ts";
import type { Plan } from "./plan.ts";
import type { PublishedStatus } from "./published-status.ts";
import { describeGate, describeReason } from "./reasons.ts";
import { describeReadiness } from "./settle.ts";
import type { Run, Snapshot, Waiting } from "./snapshot.ts";

type StatusLists = Pick<PublishedStatus, "arriving" | "waiting" | "running" | "strays" | "closed" | "paused">;

/** What a snapshot and its plan look like to people: the lists of the published status. */
export function viewStatus(snapshot: Snapshot, plan: Plan): StatusLists {
  return {
    arriving: viewArriving(snapshot),
    waiting: viewWaiting(snapshot, plan),
    running: snapshot.runs.map((run) => viewRun(run, snapshot)),
    strays: viewStrays(snapshot),
    paused: snapshot.paused,
    ...(plan.gate.kind === "open" ? {} : { closed: describeGate(plan.gate) }),
  };
}

function viewArriving({ queue, obstacles }: Snapshot): StatusLists["arriving"] {
  return queue.flatMap((entry) => {
    if (entry.kind !== "arriving") return [];
    const { name, bytes, files, readiness } = entry;
    const reason = obstacleOf(obstacles, name) ?? describeReadiness(readiness);
    return [{ name, bytes, files, reason }];
  });
}

/** The waiting jobs in their order; those just being started or withdrawn too, as that may fail. */
function viewWaiting({ queue, obstacles }: Snapshot, { schedule }: Plan): StatusLists["waiting"] {
  const jobs = new Map(queue.flatMap((entry) => (entry.kind === "waiting" ? [[entry.name, entry]] : [])));
  const line: Line[] = [
    ...schedule.starts.map(({ name }) => ({ name, reason: "is being started" })),
    ...schedule.order.map((place) => ({ ...place, reason: describeReason(place.reason) })),
    ...[...jobs.values()]
      .filter((job) => job.killRequested)
      .map(({ name }) => ({ name, reason: "is being withdrawn: there is a file QM_KILL in it" })),
  ];
  return line.flatMap((entry, ahead) => {
    const job = jobs.get(entry.name);
    return job === undefined ? [] : [viewInLine(job, ahead + 1, entry, obstacleOf(obstacles, job.name))];
  });
}

interface Line {
  readonly name: string;
  readonly reason: string;
  readonly expectedStartSeconds?: number;
}

function viewInLine(
  job: Waiting,
  rank: number,
  { reason, expectedStartSeconds }: Line,
  obstacle: string | undefined,
) {
  return {
    name: job.name,
    owner: ownerOf(job.info),
    description: job.info.description,
    processors: job.info.processors,
    priority: job.info.priority,
    bytes: job.bytes,
    queuedAt: new Date(job.admittedAtMs).toISOString(),
    rank,
    held: job.held,
    reason: obstacle ?? reason,
    ...(expectedStartSeconds === undefined ? {} : { expectedStartSeconds: Math.round(expectedStartSeconds) }),
  };
}

function viewRun(run: Run, { obstacles }: Snapshot): StatusLists["running"][number] {
  const { launch, state } = run;
  const { timeLimitSeconds } = launch.info;
  const note = obstacleOf(obstacles, run.name);
  return {
    name: run.name,
    runId: launch.runId,
    attempt: launch.attempt,
    owner: ownerOf(launch.info),
    description: launch.info.description,
    processors: launch.processors,
    phase: phaseOf(run),
    queuedAt: new Date(launch.admittedAtMs).toISOString(),
    ...(launch.processorIds === undefined ? {} : { processorIds: launch.processorIds }),
    ...(state.kind === "claimed" ? {} : { startedAt: new Date(state.startedAtMs).toISOString() }),
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    ...(note === undefined ? {} : { note }),
  };
}

function phaseOf({ state, end }: Run): "starting" | "running" | "ending" {
  if (state.kind === "claimed") return "starting";
  return state.kind === "running" && end === undefined ? "running" : "ending";
}

function viewStrays({ queue }: Snapshot): StatusLists["strays"] {
  return queue.flatMap((entry) => {
    if (entry.kind !== "stray") return [];
    return [
      { name: entry.name, reason: `it is ${entry.what}: a job is a folder; put it into one and copy that` },
    ];
  });
}

const SHOWN_ACTIONS = [
  "admit",
  "withdraw",
  "claim",
  "verify",
  "spawn",
  "cancel",
  "give_back",
  "abandon",
  "end",
  "press",
  "finish",
  "lose",
] as const;

function obstacleOf(obstacles: Snapshot["obstacles"], name: string): string | undefined {
  if (obstacles.size === 0) return undefined;
  const kind = SHOWN_ACTIONS.find((candidate) => obstacles.has(actionKey(candidate, name)));
  return kind === undefined ? undefined : obstacles.get(actionKey(kind, name));
}
