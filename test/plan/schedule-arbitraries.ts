import fc from "fast-check";
import type {
  BusySlot,
  Gate,
  QueuedJob,
  ScheduleInput,
  SchedulingRules,
} from "../../src/plan/schedule-input.ts";

export const rules: SchedulingRules = {
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
  return { name, owner: "zoe", processors: 1, elapsedSeconds: 0, ...changes };
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
        name: `busy-${index}`,
        ...withLimit(limit),
        ...(ahead === undefined ? {} : { aheadOf: `job-${ahead}` }),
      }),
    ),
  );

/** Any snapshot, with an open gate; more may run than the limit allows, as after a reload. */
export const snapshots: fc.Arbitrary<ScheduleInput> = fc.record({
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
