import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Reservation } from "../../src/plan/reservation.ts";
import type { SchedulingRules } from "../../src/plan/schedule-input.ts";
import {
  busy,
  keptOnLone,
  LONE,
  type LoneRules,
  limits,
  open,
  owners,
  queued,
  rules,
  withLimit,
} from "./schedule-arbitraries.ts";
import { schedule } from "./schedule-of.ts";
import {
  always,
  choiceIn,
  never,
  type PlannedJob,
  simulate,
  type World,
  worldOf,
} from "./schedule-simulation.ts";

const untilForever = Number.POSITIVE_INFINITY;

/** A worker that runs as many jobs as its processors allow. */
function full(free: number, occupied: Reservation["room"]["occupied"]): Reservation["room"] {
  return { free, freeJobs: untilForever, occupied };
}

describe("the reservation of the head", () => {
  it("begins when enough of the running jobs are at their limits", () => {
    const occupied = [
      { processors: 2, remainingSeconds: 90 },
      { processors: 3, remainingSeconds: 30 },
      { processors: 1, remainingSeconds: 10 },
    ];
    const reservation = new Reservation("big", 5, full(2, occupied));
    expect(reservation).toMatchObject({ startSeconds: 30, extraProcessors: 1 });
  });

  it("counts all jobs that end at the same moment as ended", () => {
    const occupied = [
      { processors: 2, remainingSeconds: 30 },
      { processors: 3, remainingSeconds: 30 },
    ];
    expect(new Reservation("big", 4, full(2, occupied))).toMatchObject({
      startSeconds: 30,
      extraProcessors: 3,
    });
  });

  it("has no known begin when it hangs on a job without limit", () => {
    const occupied = [
      { processors: 4, remainingSeconds: untilForever },
      { processors: 1, remainingSeconds: 10 },
    ];
    expect(new Reservation("big", 4, full(1, occupied))).toMatchObject({
      startSeconds: untilForever,
      extraProcessors: 1,
    });
  });

  it("counts as extra only what is so in whichever order the jobs end", () => {
    const occupied = [4, 2].map((processors) => ({ processors, remainingSeconds: untilForever }));
    expect(new Reservation("big", 4, full(2, occupied)).extraProcessors).toBe(0);
    expect(new Reservation("big", 6, full(3, occupied)).extraProcessors).toBe(1);
  });

  it("lets pass what ends in time without taking from what is extra", () => {
    const reservation = new Reservation("big", 4, full(2, [{ processors: 4, remainingSeconds: 30 }]));
    expect(reservation.letPass(2, 30)).toBe(true);
    expect(reservation.extraProcessors).toBe(2);
  });

  it("lets pass what takes only what is extra, once", () => {
    const reservation = new Reservation("big", 4, full(2, [{ processors: 4, remainingSeconds: 30 }]));
    expect(reservation.letPass(2, undefined)).toBe(true);
    expect(reservation.letPass(1, 31)).toBe(false);
  });
});

describe("starting ahead of the head", () => {
  const running = [busy("x", { processors: 6, elapsedSeconds: 40, timeLimitSeconds: 100 })];
  const big = queued("big", 1, { processors: 8 });

  it("starts a job that ends by its limit before the head can start, and says ahead of which", () => {
    const waiting = [
      big,
      queued("short", 2, { timeLimitSeconds: 60 }),
      queued("long", 3, { timeLimitSeconds: 61 }),
    ];
    expect(schedule({ waiting, busy: running, rules, gate: open })).toMatchObject({
      starts: [{ name: "short", worker: LONE, processors: 1, aheadOf: "big" }],
      order: [
        { name: "big", expectedStartSeconds: 60 },
        { name: "long", reason: { kind: "would_delay" } },
      ],
    });
  });

  it("does not trust a limit when the head waits for a job without one", () => {
    const waiting = [big, queued("short", 2, { timeLimitSeconds: 1 })];
    const endless = [busy("x", { processors: 6 })];
    expect(schedule({ waiting, busy: endless, rules, gate: open }).starts).toEqual([]);
  });

  it("expects an overdue job to end now, so that nothing ends before the head can start", () => {
    const waiting = [big, queued("short", 2, { timeLimitSeconds: 1 })];
    const overdue = [busy("x", { processors: 6, elapsedSeconds: 101, timeLimitSeconds: 100 })];
    expect(schedule({ waiting, busy: overdue, rules, gate: open }).starts).toEqual([]);
  });

  it("does not turn the owner's share against the head by it", () => {
    const waiting = [
      big,
      queued("bob", 2, { owner: "bob", processors: 8 }),
      queued("short", 3, { timeLimitSeconds: 9 }),
    ];
    expect(schedule({ waiting, busy: running, rules, gate: open })).toMatchObject({
      starts: [{ name: "short", aheadOf: "big" }],
      order: [{ name: "big" }, { name: "bob" }],
    });
  });

  it("keeps processors for the first blocked job only", () => {
    const waiting = [
      queued("first", 1, { processors: 4 }),
      queued("second", 2, { processors: 8 }),
      queued("endless", 3, { processors: 2 }),
    ];
    const slots = [busy("x", { processors: 6, timeLimitSeconds: 100 })];
    expect(schedule({ waiting, busy: slots, rules, gate: open }).starts).toEqual([
      { name: "endless", worker: LONE, processors: 2, aheadOf: "first" },
    ]);
  });
});

function plannedJobs(arrivals: fc.Arbitrary<number>): fc.Arbitrary<PlannedJob[]> {
  const job = fc.record({
    owner: owners,
    processors: fc.integer({ min: 1, max: 6 }),
    priority: fc.integer({ min: 0, max: 1 }),
    arrivesAt: arrivals,
    limit: limits,
    run: fc.integer({ min: 1, max: 40 }),
  });
  return fc.array(job, { minLength: 3, maxLength: 14 }).map((jobs) =>
    jobs.map(({ limit, run, ...rest }, index) => ({
      ...rest,
      name: `job-${index}`,
      place: index,
      held: false,
      runsSeconds: Math.min(run, limit ?? run),
      ...withLimit(limit),
    })),
  );
}

const streams = plannedJobs(fc.integer({ min: 0, max: 60 }));
const batches = plannedJobs(fc.constant(0)).map((jobs) => jobs.map((job) => ({ ...job, priority: 0 })));
const machine: LoneRules = {
  maxProcessors: 6,
  launchType: "non-blocking",
  fairShare: false,
  reserveAfterSeconds: 0,
};
const anyMachine = fc.record({
  maxProcessors: fc.integer({ min: 1, max: 8 }),
  launchType: fc.constantFrom<SchedulingRules["launchType"]>("non-blocking", "blocking"),
  fairShare: fc.boolean(),
  reserveAfterSeconds: fc.constantFrom(0, 0, 7, 30),
});

/** Every world, in the course of the jobs, in which something was started ahead of a head: with that head's name. */
function overtakings(jobs: readonly PlannedJob[], rulesThere: LoneRules): { world: World; head: string }[] {
  const found: { world: World; head: string }[] = [];
  simulate(worldOf(jobs, rulesThere), always, (before) => {
    const head = choiceIn(before).starts.find((start) => start.aheadOf !== undefined)?.aheadOf;
    if (head !== undefined) found.push({ world: before, head });
  });
  return found;
}

describe("a stream of jobs to its end", () => {
  it("starts every job, and never uses more than the limit on the way", () => {
    fc.assert(
      fc.property(streams, anyMachine, (jobs, rulesThere) => {
        const startedAt = simulate(worldOf(jobs, rulesThere), always, (_, { running }) => {
          const inUse = running.reduce((sum, job) => sum + job.granted, 0);
          expect(inUse).toBeLessThanOrEqual(rulesThere.maxProcessors);
          if (rulesThere.launchType === "blocking") expect(running.length).toBeLessThanOrEqual(1);
        });
        expect(startedAt.size).toBe(jobs.length);
      }),
      { numRuns: 300 },
    );
  });

  it("has all its choices made after one pass: asked again, nothing more starts", () => {
    fc.assert(
      fc.property(streams, anyMachine, (jobs, rulesThere) => {
        simulate(worldOf(jobs, rulesThere), always, (_, after) => expect(choiceIn(after).starts).toEqual([]));
      }),
      { numRuns: 200 },
    );
  });
});

describe("a job started ahead", () => {
  it("does not delay the head when all run exactly to their limits", () => {
    const exact = batches.map((jobs) =>
      jobs.map((job) => ({ ...job, timeLimitSeconds: job.timeLimitSeconds ?? job.runsSeconds })),
    );
    fc.assert(
      fc.property(exact, (jobs) => {
        const toTheLimit = jobs.map((job) => ({ ...job, runsSeconds: job.timeLimitSeconds }));
        for (const { world, head } of overtakings(toTheLimit, machine)) {
          const withIt = simulate(world).get(head) ?? untilForever;
          expect(withIt).toBeLessThanOrEqual(simulate(world, never).get(head) ?? 0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("does not delay the head beyond what its limits promised, whenever jobs really end", () => {
    fc.assert(
      fc.property(batches, (jobs) => {
        const promised = new Map<string, number>();
        const startedAt = simulate(worldOf(jobs, machine), always, (before) => {
          const head = choiceIn(before).order[0];
          if (head?.expectedStartSeconds === undefined || promised.has(head.name)) return;
          promised.set(head.name, before.now + head.expectedStartSeconds);
        });
        for (const [name, at] of promised) expect(startedAt.get(name)).toBeLessThanOrEqual(at);
      }),
      { numRuns: 500 },
    );
  });

  it("does not delay at all a head that waits for a job without limit, whenever jobs really end", () => {
    fc.assert(
      fc.property(batches, (jobs) => {
        for (const { world, head } of overtakings(jobs, machine)) {
          const withIt = simulate(world, isStartUnknown).get(head) ?? untilForever;
          if (isStartUnknown(world))
            expect(withIt).toBeLessThanOrEqual(simulate(world, never).get(head) ?? 0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a job that processors are kept for", () => {
  const sharing = rules;
  const job = (name: string, owner: string, changes: Partial<PlannedJob>): PlannedJob => ({
    ...queued(name, 0, { owner }),
    arrivesAt: 0,
    runsSeconds: 10,
    ...changes,
  });

  it("is not pushed back by its owner's other job, however many jobs of somebody else come and go", () => {
    const stream = Array.from({ length: 300 }, (_, index) =>
      job(`short-${index}`, "carl", { place: index + 2, arrivesAt: 10 * index }),
    );
    const long = job("long", "ann", { runsSeconds: 5000 });
    const wide = job("wide", "ann", { place: 1, arrivesAt: 1, processors: 7 });
    const startedAt = simulate(worldOf([long, wide, ...stream], sharing));
    expect(startedAt.get("wide")).toBeLessThanOrEqual(20);
  });

  it("starts at the latest when all has ended that ran when the keeping began, whoever shares and comes", () => {
    const equals = streams.map((jobs) =>
      jobs
        .toSorted((a, b) => a.arrivesAt - b.arrivesAt)
        .map((each, place) => ({ ...each, place, priority: 0 })),
    );
    fc.assert(
      fc.property(equals, anyMachine, (jobs, rulesThere) => {
        const latest = new Map<string, number>();
        const startedAt = simulate(worldOf(jobs, rulesThere), always, (_, after) => {
          if (after.keptFor === undefined || latest.has(after.keptFor.name)) return;
          // By its limit each, as others may go ahead until then.
          const ends = after.running.map(
            (each) => each.startedAt + (each.timeLimitSeconds ?? each.runsSeconds),
          );
          latest.set(after.keptFor.name, Math.max(...ends));
        });
        for (const [name, at] of latest) expect(startedAt.get(name)).toBeLessThanOrEqual(at);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives way to a higher priority", () => {
    const waiting = [
      queued("kept", 2, { processors: 8 }),
      queued("urgent", 3, { processors: 8, priority: 1 }),
    ];
    const order = schedule({
      waiting,
      busy: [busy("x")],
      rules: sharing,
      gate: open,
      keptFor: keptOnLone("kept"),
    }).order;
    expect(order.map(({ name }) => name)).toEqual(["urgent", "kept"]);
  });

  it("stays the one while nothing is free, and is none any more once it has started", () => {
    const waiting = [queued("kept", 2, { processors: 2 })];
    const taken = [busy("x", { processors: 8 })];
    const some = [busy("x", { processors: 6 })];
    const at = (running: typeof taken) =>
      schedule({ waiting, busy: running, rules: sharing, gate: open, keptFor: keptOnLone("kept") }).keptFor;
    expect([at(taken), at(some)]).toEqual([keptOnLone("kept"), undefined]);
  });
});

function isStartUnknown(world: World): boolean {
  return choiceIn(world).order[0]?.expectedStartSeconds === undefined;
}
