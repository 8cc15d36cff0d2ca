import type { Occupancy } from "./occupancy.ts";
import type { WaitReason } from "./reasons.ts";
import type { QueuedJob, ScheduleInput } from "./schedule-input.ts";
import { areLevel } from "./schedule-order.ts";
import { passableSeconds, startInOrder } from "./start-in-order.ts";

/** The place of a job that is not started now, and the reason for it. */
export interface WaitingPlace {
  readonly name: string;
  readonly reason: WaitReason;
  /** Seconds until it starts, as far as progress, the past and limits tell; absent where they do not. */
  readonly expectedStartSeconds?: number | undefined;
}

/** The machine for which the line waits, with all that was just started. */
interface Machine extends Pick<ScheduleInput, "gate" | "keptFor" | "nowMs" | "rules"> {
  readonly occupancy: Occupancy;
  /** Names of the running jobs, sorted. */
  readonly running: readonly string[];
}

/** The reason why the job cannot start whatever is free; it is then never the head and holds up nobody. Otherwise undefined. */
export function stuckReason(job: QueuedJob): WaitReason | undefined {
  if (job.held) return { kind: "held" };
  return job.obstacle === undefined ? undefined : { kind: "obstacle", why: job.obstacle };
}

/** The places of the jobs that could start, given in their order. */
export function placesInLine(jobs: readonly QueuedJob[], machine: Machine): WaitingPlace[] {
  const line = {
    ...machine,
    head: machine.keptFor ?? jobs[0]?.name ?? "",
    isAlone: jobs.length === 1,
    overtaken: overtakenBySharing(jobs),
  };
  const places = jobs.map((job, ahead) => ({ name: job.name, reason: reasonInLine(job, ahead, line) }));
  if (machine.gate.kind !== "open") return places;
  const expected = expectedStarts(jobs, machine.occupancy, machine);
  return places.map((place) => ({ ...place, expectedStartSeconds: expected.get(place.name) }));
}

/** Places of the jobs that cannot start at all; they come behind those that can. */
export function placesOfStuck(waiting: readonly QueuedJob[]): WaitingPlace[] {
  return waiting.flatMap((job) => {
    const reason = stuckReason(job);
    return reason === undefined ? [] : [{ name: job.name, reason }];
  });
}

/** The job at the head of the order: the first that waits for nothing but processors; undefined where there is none. */
export function headOf([first]: readonly WaitingPlace[]): string | undefined {
  return first?.reason.kind === "next_in_line" ? first.name : undefined;
}

interface Line extends Machine {
  /** The job that no other may delay. */
  readonly head: string;
  readonly isAlone: boolean;
  readonly overtaken: ReadonlySet<string>;
}

function reasonInLine(job: QueuedJob, ahead: number, line: Line): WaitReason {
  const { gate, occupancy } = line;
  const needed = occupancy.costOf(job);
  const free = Math.max(0, occupancy.free);
  if (gate.kind !== "open") return gate;
  if (occupancy.isBlocking) return { kind: "one_at_a_time", ahead, running: line.running };
  if (ahead === 0) return { kind: "next_in_line", needed, free, passableSeconds: passing(job, needed, line) };
  if (needed <= free) return { kind: "would_delay", ahead, needed, head: line.head };
  return { kind: line.overtaken.has(job.name) ? "fair_share" : "behind_others", ahead, needed, free };
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
  { nowMs, rules }: Pick<ScheduleInput, "nowMs" | "rules">,
): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  let waiting = line.slice(0, MAX_JOBS);
  let seconds = 0;
  while (waiting.length > 0) {
    comeToHead(waiting, nowMs + seconds * 1000);
    const untilNextEnd = occupancy.letNextEnd();
    if (untilNextEnd === undefined) break;
    seconds += untilNextEnd;
    const started = startInOrder(waiting, occupancy, { nowMs: nowMs + seconds * 1000, rules }).starts;
    for (const { name } of started) starts.set(name, seconds);
    if (started.length > 0) waiting = waiting.filter(({ name }) => !starts.has(name));
  }
  return starts;
}

/** The first is at the head from now on, if it has not been there before. */
function comeToHead(waiting: QueuedJob[], nowMs: number): void {
  const [head] = waiting;
  if (head !== undefined && head.headSinceMs === undefined) waiting[0] = { ...head, headSinceMs: nowMs };
}
