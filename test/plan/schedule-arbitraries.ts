import fc from "fast-check";
import type {
  BusySlot,
  Gate,
  Kept,
  QueuedJob,
  ScheduleInput,
  SchedulingRules,
} from "../../src/plan/schedule-input.ts";
import type { Worker } from "../../src/plan/worker.ts";

/** The rules of a queue with one worker, and the processors of that. */
export interface LoneRules extends SchedulingRules {
  readonly maxProcessors: number;
}

/** A choice for one worker that takes all comers, unless others are given. */
export type LoneInput = Omit<ScheduleInput, "workers" | "rules" | "nowMs"> & {
  readonly rules: LoneRules;
  readonly nowMs?: number;
  readonly workers?: readonly Worker[];
};

/** The name of the worker, where there is one. */
export const LONE = "lab1";

/** A worker that takes all comers, unless told otherwise. */
export function worker(name: string, processors: number, changes: Partial<Worker> = {}): Worker {
  const offers = { pools: [], labels: [], os: "linux", memoryBytes: 64e9, onlyNamed: false };
  return { name, processors, ...offers, ...changes };
}

/** The whole input of a choice; at time 0 unless told otherwise. */
export function inputOf(at: LoneInput): ScheduleInput {
  return { nowMs: 0, workers: [worker(LONE, at.rules.maxProcessors)], ...at };
}

/** Processors are kept for this job on the only worker. */
export function keptOnLone(name: string): Kept {
  return { name, worker: LONE };
}

export const rules: LoneRules = {
  maxProcessors: 8,
  launchType: "non-blocking",
  fairShare: true,
  reserveAfterSeconds: 0,
};
export const open: Gate = { kind: "open" };

/** A waiting job of one processor, admitted as its place says, unless told otherwise. */
export function queued(name: string, place: number, changes: Partial<QueuedJob> = {}): QueuedJob {
  return { name, owner: "ann", processors: 1, priority: 0, place, held: false, ...changes };
}

/** A running job of one processor, just started and without limit, unless told otherwise. */
export function busy(name: string, changes: Partial<BusySlot> = {}): BusySlot {
  return { name, owner: "zoe", worker: LONE, processors: 1, elapsedSeconds: 0, ...changes };
}

export const owners = fc.constantFrom("ann", "bob", "cyd");
export const limits = fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined });
export const closedGates = fc.constantFrom<Gate>(
  { kind: "paused" },
  { kind: "draining" },
  { kind: "looking_through" },
  { kind: "low_disk", freeBytes: 1, neededBytes: 2 },
  { kind: "low_inodes", free: 1, total: 256, needed: 20 },
);

/** Leaves a limit of undefined out, as the types demand. */
export function withLimit(seconds: number | undefined): { timeLimitSeconds?: number } {
  return seconds === undefined ? {} : { timeLimitSeconds: seconds };
}

const waitingJob = fc.record({
  owner: owners,
  processors: fc.integer({ min: 1, max: 12 }),
  priority: fc.integer({ min: -1, max: 1 }),
  place: fc.integer({ min: -2, max: 6 }),
  sentToTop: fc.boolean(),
  limit: limits,
  held: fc.nat({ max: 9 }).map((dice) => dice === 0),
  isObstructed: fc.nat({ max: 9 }).map((dice) => dice === 0),
});

const waitingJobs = fc.array(waitingJob, { maxLength: 14 }).map((jobs) =>
  jobs.map(
    ({ limit, isObstructed, ...job }, index): QueuedJob => ({
      ...job,
      name: `job-${index}`,
      ...withLimit(limit),
      ...(isObstructed ? { obstacle: "cannot be moved" } : {}),
    }),
  ),
);

const busySlots = fc
  .array(
    fc.record({
      owner: owners,
      processors: fc.integer({ min: 1, max: 4 }),
      elapsedSeconds: fc.integer({ min: 0, max: 50 }),
      limit: limits,
      ahead: fc.option(fc.nat({ max: 14 }), { nil: undefined }),
    }),
    { maxLength: 5 },
  )
  .map((slots) =>
    slots.map(
      ({ limit, ahead, ...slot }, index): BusySlot => ({
        ...slot,
        worker: LONE,
        name: `busy-${index}`,
        ...withLimit(limit),
        ...(ahead === undefined ? {} : { aheadOf: `job-${ahead}` }),
      }),
    ),
  );

/** Any snapshot, with an open gate; more may run than the limit allows, as after a reload. */
export const snapshots: fc.Arbitrary<LoneInput> = fc.record({
  waiting: waitingJobs,
  busy: busySlots,
  rules: fc.record({
    maxProcessors: fc.integer({ min: 1, max: 10 }),
    launchType: fc.constantFrom<SchedulingRules["launchType"]>("non-blocking", "non-blocking", "blocking"),
    fairShare: fc.boolean(),
    reserveAfterSeconds: fc.constant(0),
  }),
  gate: fc.constant(open),
  nowMs: fc.constant(0),
});
