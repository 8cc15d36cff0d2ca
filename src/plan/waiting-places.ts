import { describeNowhere } from "./nowhere.ts";
import type { Occupancy } from "./occupancy.ts";
import type { Need, RoomLeft, WaitReason } from "./reasons.ts";
import type { QueuedJob, ScheduleInput } from "./schedule-input.ts";
import { areLevel } from "./schedule-order.ts";
import { keptBy, passableSeconds, startInOrder } from "./start-in-order.ts";
import type { WorkerRoom } from "./worker-room.ts";

/** The place of a job that is not started now, and the reason for it. */
export interface WaitingPlace {
  readonly name: string;
  readonly reason: WaitReason;
  /** Seconds until it starts, as far as progress, the past and limits tell; absent where they do not. */
  readonly expectedStartSeconds?: number | undefined;
}

/** The workers that the line waits for, with all that was just started. */
interface Awaited extends Pick<ScheduleInput, "gate" | "keptFor" | "nowMs" | "rules" | "workers"> {
  readonly occupancy: Occupancy;
  /** Names of the running jobs, sorted. */
  readonly running: readonly string[];
}

/** True where the job cannot start whatever is free; it is then never the head and holds up nobody. */
export function isStuck(job: QueuedJob, occupancy: Occupancy): boolean {
  return job.held || job.obstacle !== undefined || !occupancy.isPlaceable(job);
}

function stuckReason(job: QueuedJob, { occupancy, workers }: Placing): WaitReason | undefined {
  if (job.held) return { kind: "held" };
  if (job.obstacle !== undefined) return { kind: "obstacle", why: job.obstacle };
  if (occupancy.isPlaceable(job)) return undefined;
  return { kind: "nowhere", why: describeNowhere(job.demand, occupancy.grantTo(job), workers) };
}

type Placing = Pick<Awaited, "occupancy" | "workers">;

/** The places of the jobs that could start, given in their order. */
export function placesInLine(jobs: readonly QueuedJob[], awaited: Awaited): WaitingPlace[] {
  const line = {
    ...awaited,
    head: awaited.keptFor?.name ?? jobs[0]?.name ?? "",
    isAlone: jobs.length === 1,
    overtaken: overtakenBySharing(jobs),
    roomLeft: new Map(),
  };
  const places = jobs.map((job, ahead) => ({ name: job.name, reason: reasonInLine(job, ahead, line) }));
  if (awaited.gate.kind !== "open") return places;
  const expected = expectedStarts(jobs, awaited.occupancy, awaited);
  return places.map((place) => ({ ...place, expectedStartSeconds: expected.get(place.name) }));
}

/** Places of the jobs that cannot start at all; they come behind those that can. */
export function placesOfStuck(waiting: readonly QueuedJob[], awaited: Placing): WaitingPlace[] {
  return waiting.flatMap((job) => {
    const reason = stuckReason(job, awaited);
    return reason === undefined ? [] : [{ name: job.name, reason }];
  });
}

/** The job at the head of the order: the first that waits for nothing but processors; undefined where there is none. */
export function headOf([first]: readonly WaitingPlace[]): string | undefined {
  return first?.reason.kind === "next_in_line" ? first.name : undefined;
}

type RoomForJob = Pick<Need, "free" | "rooms">;

interface Line extends Awaited {
  /** The job that no other may delay. */
  readonly head: string;
  readonly isAlone: boolean;
  readonly overtaken: ReadonlySet<string>;
  readonly roomLeft: Map<readonly WorkerRoom[], RoomForJob>;
}

function reasonInLine(job: QueuedJob, ahead: number, line: Line): WaitReason {
  const { gate, occupancy, workers } = line;
  if (gate.kind !== "open") return gate;
  if (occupancy.isBlocking) return { kind: "one_at_a_time", ahead, running: line.running };
  const needed = occupancy.grantTo(job);
  const need = { needed, ...roomLeftFor(job, line) };
  if (ahead === 0) return { kind: "next_in_line", ...need, passableSeconds: passing(job, needed, line) };
  const best = occupancy.bestFor(job)?.worker.name;
  const on = workers.length === 1 ? undefined : best;
  if (best !== undefined) return { kind: "would_delay", ahead, needed, head: line.head, on };
  return { kind: line.overtaken.has(job.name) ? "fair_share" : "behind_others", ahead, ...need };
}

/** The room that there is for a job: told once of all jobs that the same workers fit. */
function roomLeftFor(job: QueuedJob, { occupancy, workers, roomLeft }: Line): RoomForJob {
  const fitting = occupancy.roomsFor(job);
  const known = roomLeft.get(fitting);
  if (known !== undefined) return known;
  const rooms = fitting.map(roomLeftOn);
  const isPlain = workers.length === 1 && rooms[0]?.maxJobs === undefined;
  const left = { free: Math.max(...rooms.map(({ free }) => free)), rooms: isPlain ? undefined : rooms };
  roomLeft.set(fitting, left);
  return left;
}

function roomLeftOn({ worker, free, freeJobs }: WorkerRoom): RoomLeft {
  const { name, maxJobs } = worker;
  return { worker: name, free: Math.max(0, free), maxJobs: freeJobs < 1 ? maxJobs : undefined };
}

// None is smaller than a job of one processor.
function passing(job: QueuedJob, needed: number, line: Line): number | undefined {
  const mayBePassed = needed > 1 && !line.isAlone && line.head === job.name;
  const seconds = mayBePassed ? passableSeconds(job, line) : 0;
  return seconds === 0 ? undefined : seconds;
}

/** Jobs that stand behind a later comer of their own level: only fair share puts them there. */
function overtakenBySharing(line: readonly QueuedJob[]): Set<string> {
  const overtaken = new Set<string>();
  let latest: QueuedJob | undefined;
  for (const job of line) {
    if (latest === undefined || !areLevel(latest, job) || job.place >= latest.place) latest = job;
    else overtaken.add(job.name);
  }
  return overtaken;
}

/** Jobs of a line whose start is told; nobody plans by what comes after five hundred others. */
const MAX_JOBS = 500;

/**
 * Seconds until each job of the line starts, if every job ends when it is expected to and none comes: the queue's own rules,
 * led on from end to end. Undefined from where nothing tells when a job ends.
 * @param occupancy is led on, and says nothing of now afterwards
 */
function expectedStarts(
  line: readonly QueuedJob[],
  occupancy: Occupancy,
  { nowMs, rules, ...from }: Pick<ScheduleInput, "nowMs" | "rules" | "keptFor">,
): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  let waiting = line.slice(0, MAX_JOBS);
  let seconds = 0;
  let { keptFor } = from;
  while (waiting.length > 0) {
    comeToHead(waiting, nowMs + seconds * 1000);
    const untilNextEnd = occupancy.letNextEnd();
    if (untilNextEnd === undefined) break;
    seconds += untilNextEnd;
    const started = startInOrder(waiting, occupancy, { nowMs: nowMs + seconds * 1000, rules, keptFor });
    keptFor = keptBy(started) ?? keptFor;
    for (const { name } of started.starts) starts.set(name, seconds);
    if (started.starts.length > 0) waiting = waiting.filter(({ name }) => !starts.has(name));
  }
  return starts;
}

/** The first is at the head from now on, if it has not been there before. */
function comeToHead(waiting: QueuedJob[], nowMs: number): void {
  const [head] = waiting;
  if (head !== undefined && head.headSinceMs === undefined) waiting[0] = { ...head, headSinceMs: nowMs };
}
