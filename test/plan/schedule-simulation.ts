import type { BusySlot, Kept, QueuedJob, ScheduleInput } from "../../src/plan/schedule-input.ts";
import { headOf } from "../../src/plan/waiting-places.ts";
import type { Worker } from "../../src/plan/worker.ts";
import { inputOf, type LoneInput, type LoneRules, open } from "./schedule-arbitraries.ts";
import { schedule } from "./schedule-of.ts";

/** A job with what the scheduler cannot know: when it comes, and how long it really runs. */
export interface PlannedJob extends QueuedJob {
  readonly arrivesAt: number;
  readonly runsSeconds: number;
}

export interface World {
  readonly now: number;
  readonly rules: LoneRules;
  /** One that takes all comers, where they are not given. */
  readonly workers?: readonly Worker[];
  /** From these times on others take their place. */
  readonly shifts?: readonly { readonly at: number; readonly workers: readonly Worker[] }[];
  readonly waiting: readonly PlannedJob[];
  readonly running: readonly RunningJob[];
  /** The job that the pass before kept processors for. */
  readonly keptFor?: Kept | undefined;
}

interface RunningJob extends PlannedJob {
  readonly startedAt: number;
  readonly granted: number;
  readonly worker: string;
  readonly aheadOf?: string;
}

/** Account of a pass: the world before it and after it. */
export type Watch = (before: World, after: World) => void;

/** True if, in this world, jobs may start ahead of the head. */
export type Permission = (world: World) => boolean;

export const always: Permission = () => true;
export const never: Permission = () => false;

/**
 * Lets whole seconds pass from event to event until nothing is left to do; gives the second in which each job started.
 * `between` changes the world before each pass, as a restart does.
 */
export function simulate(
  from: World,
  mayOvertake = always,
  watch: Watch = () => {},
  between: (world: World) => World = (world) => world,
): Map<string, number> {
  const startedAt = new Map<string, number>();
  let world = from;
  for (;;) {
    const before = world;
    world = pass(world, mayOvertake);
    for (const job of world.running) startedAt.set(job.name, job.startedAt);
    watch(before, world);
    const next = nextEvent(world);
    if (next === undefined) return startedAt;
    const running = world.running.filter((job) => endOf(job) > next);
    world = between({ ...world, ...shiftAt(world, next), now: next, running });
  }
}

export function worldOf(jobs: readonly PlannedJob[], rules: LoneRules): World {
  return { now: 0, rules, waiting: jobs, running: [] };
}

/** The workers from that second on, where they are others than before. */
function shiftAt({ shifts = [] }: World, now: number): Pick<World, "workers"> {
  const shift = shifts.findLast(({ at }) => at <= now);
  return shift === undefined ? {} : { workers: shift.workers };
}

/** The second 0 of every world, in milliseconds. */
const BEGIN_MS = 1e12;

/** The scheduler's choice in this world. */
export function choiceIn(world: World): ReturnType<typeof schedule> {
  return schedule(seenIn(world));
}

/** This world as the scheduler sees it. */
export function inputIn(world: World): ScheduleInput {
  return inputOf(seenIn(world));
}

function seenIn(world: World): LoneInput {
  return {
    waiting: world.waiting.filter((job) => job.arrivesAt <= world.now),
    busy: world.running.map((job) => busySlotOf(job, world.now)),
    rules: world.rules,
    ...(world.workers === undefined ? {} : { workers: world.workers }),
    gate: open,
    nowMs: BEGIN_MS + world.now * 1000,
    keptFor: world.keptFor,
  };
}

/** One pass of the scheduler; with overtaking forbidden, what it would start ahead of the head stays waiting. */
function pass(world: World, mayOvertake = always): World {
  const isAllowed = mayOvertake(world);
  const choice = choiceIn(world);
  const starts = choice.starts.filter((start) => isAllowed || start.aheadOf === undefined);
  const started = starts.flatMap((start) =>
    world.waiting
      .filter((job) => job.name === start.name)
      .map((job) => ({
        ...job,
        startedAt: world.now,
        granted: start.processors,
        worker: start.worker,
        ...(start.aheadOf === undefined ? {} : { aheadOf: start.aheadOf }),
      })),
  );
  const names = new Set(starts.map((start) => start.name));
  return {
    ...world,
    keptFor: choice.keptFor,
    waiting: world.waiting.filter((job) => !names.has(job.name)).map((job) => noted(job, choice, world.now)),
    running: [...world.running, ...started],
  };
}

/** As the manager writes it down: who is at the head since when, and for whom processors are kept. */
function noted(job: PlannedJob, { keptFor, order }: ReturnType<typeof schedule>, now: number): PlannedJob {
  if (job.name === keptFor?.name) return { ...job, headSinceMs: 0 };
  return job.name === headOf(order) ? { headSinceMs: BEGIN_MS + now * 1000, ...job } : job;
}

function busySlotOf(job: RunningJob, now: number): BusySlot {
  const { name, owner, worker, granted, startedAt, timeLimitSeconds, aheadOf } = job;
  return {
    name,
    owner,
    worker,
    processors: granted,
    elapsedSeconds: now - startedAt,
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    ...(aheadOf === undefined ? {} : { aheadOf }),
  };
}

function endOf(job: RunningJob): number {
  return job.startedAt + job.runsSeconds;
}

function nextEvent(world: World): number | undefined {
  const ends = world.running.map(endOf);
  const arrivals = world.waiting.map((job) => job.arrivesAt).filter((at) => at > world.now);
  const shifts = (world.waiting.length === 0 ? [] : (world.shifts ?? []))
    .map(({ at }) => at)
    .filter((at) => at > world.now);
  const next = Math.min(...ends, ...arrivals, ...shifts);
  return Number.isFinite(next) ? next : undefined;
}
