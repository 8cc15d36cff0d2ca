import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Occupancy } from "../../src/plan/occupancy.ts";
import { chooseStarts } from "../../src/plan/schedule.ts";
import type { QueuedJob } from "../../src/plan/schedule-input.ts";
import { demandOf, fits, type Worker } from "../../src/plan/worker.ts";
import {
  busy,
  inputOf,
  LONE,
  type LoneRules,
  limits,
  open,
  owners,
  queued,
  rules,
  snapshots,
  withLimit,
  worker,
} from "./schedule-arbitraries.ts";
import { always, choiceIn, inputIn, type PlannedJob, simulate, worldOf } from "./schedule-simulation.ts";

const NAMES = ["lab1", "lab2", "lab3", "lab4"];
const POOLS = ["day", "night"];

const workers = fc
  .array(
    fc.record({
      processors: fc.integer({ min: 1, max: 8 }),
      maxJobs: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      pools: fc.subarray(POOLS),
      onlyNamed: fc.nat({ max: 4 }).map((dice) => dice === 0),
    }),
    { minLength: 1, maxLength: NAMES.length },
  )
  .map((list) =>
    list.map(({ processors, ...changes }, index) => worker(NAMES[index] ?? "", processors, changes)),
  );

const demands = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.subarray(NAMES, { minLength: 1 }).map((names) => demandOf({ workers: names })),
  fc.constantFrom(...POOLS).map((pool) => demandOf({ pool })),
  fc.integer({ min: 1, max: 6 }).map((cores) => demandOf({ needs: [`cores>=${cores}`] })),
);

function jobsOf(limit: fc.Arbitrary<number | undefined>, latest = 60): fc.Arbitrary<PlannedJob[]> {
  const job = fc.record({
    owner: owners,
    processors: fc.integer({ min: 1, max: 9 }),
    priority: fc.integer({ min: 0, max: 1 }),
    arrivesAt: fc.integer({ min: 0, max: latest }),
    demand: demands,
    limit,
    run: fc.integer({ min: 1, max: 40 }),
  });
  return fc.array(job, { minLength: 1, maxLength: 14 }).map((jobs) =>
    jobs
      .toSorted((a, b) => a.arrivesAt - b.arrivesAt)
      .map(
        ({ limit: seconds, run, ...rest }, place): PlannedJob => ({
          ...queued(`job-${place}`, place),
          ...rest,
          runsSeconds: Math.min(run, seconds ?? run),
          ...withLimit(seconds),
        }),
      ),
  );
}

const anyRules: fc.Arbitrary<LoneRules> = fc.record({
  maxProcessors: fc.constant(1),
  launchType: fc.constantFrom("non-blocking", "non-blocking", "blocking"),
  fairShare: fc.boolean(),
  reserveAfterSeconds: fc.constantFrom(0, 0, 7, 30),
});

/** The workers that are closed, from a time on each; in the end none is. */
const closings = fc
  .array(fc.record({ at: fc.integer({ min: 1, max: 90 }), closed: fc.subarray(NAMES) }), { maxLength: 5 })
  .map((list) => [...list, { at: 100, closed: [] }].toSorted((a, b) => a.at - b.at));

function closing(there: readonly Worker[], closed: readonly string[]): Worker[] {
  return there.map((one) => (closed.includes(one.name) ? { ...one, closed: "no word" } : one));
}

/** The jobs that some worker fits. */
function fitting(jobs: readonly PlannedJob[], there: readonly Worker[]): PlannedJob[] {
  return jobs.filter(({ demand }) => there.some((one) => fits(demand, one)));
}

describe("any stream of jobs on any workers, which come and go", () => {
  it("starts every job that some worker fits, and never uses more of a worker than it offers", () => {
    fc.assert(
      fc.property(jobsOf(limits), workers, closings, anyRules, (all, there, shifts, rulesThere) => {
        const jobs = fitting(all, there);
        const from = {
          ...worldOf(jobs, rulesThere),
          workers: there,
          shifts: shifts.map(({ at, closed }) => ({ at, workers: closing(there, closed) })),
        };
        const startedAt = simulate(from, always, (before, { running }) => {
          if (rulesThere.launchType === "blocking") expect(running.length).toBeLessThanOrEqual(1);
          for (const { name, processors, maxJobs = Number.POSITIVE_INFINITY, closed } of before.workers ??
            []) {
            const here = running.filter((job) => job.worker === name);
            expect(here.reduce((sum, job) => sum + job.granted, 0)).toBeLessThanOrEqual(processors);
            expect(here.length).toBeLessThanOrEqual(maxJobs);
            if (closed !== undefined) expect(here.filter((job) => job.startedAt === before.now)).toEqual([]);
          }
        });
        expect(startedAt.size).toBe(jobs.length);
      }),
      { numRuns: 500 },
    );
  });

  it("runs each job where it may, with what it wants, lowered to the most that a worker which fits has", () => {
    fc.assert(
      fc.property(jobsOf(limits), workers, anyRules, (all, there, rulesThere) => {
        const from = { ...worldOf(fitting(all, there), rulesThere), workers: there };
        simulate(from, always, (_, { running }) => {
          for (const { demand, worker: name, granted, processors } of running) {
            const right = there.filter((one) => fits(demand, one));
            expect(right.map((one) => one.name)).toContain(name);
            expect(granted).toBe(Math.min(processors, Math.max(...right.map((one) => one.processors))));
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it("has all its choices made after one pass, and refuses nobody whom some worker fits", () => {
    fc.assert(
      fc.property(jobsOf(limits), workers, anyRules, (all, there, rulesThere) => {
        const from = { ...worldOf(all, rulesThere), workers: there };
        simulate(from, always, (_, after) => {
          const { starts, order } = choiceIn(after);
          expect(starts).toEqual([]);
          for (const { name, reason } of order) {
            const demand = all.find((job) => job.name === name)?.demand;
            expect(reason.kind === "nowhere").toBe(!there.some((one) => fits(demand, one)));
          }
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe("a job that prefers a worker", () => {
  const busyThere = fc.array(
    fc.record({ worker: fc.constantFrom(...NAMES), processors: fc.integer({ min: 1, max: 4 }) }),
    { maxLength: 6 },
  );
  const closed = fc.subarray(NAMES);

  it("starts there if there is room, else in the same pass where it would without", () => {
    fc.assert(
      fc.property(
        jobsOf(limits),
        workers,
        busyThere,
        closed,
        fc.constantFrom(...NAMES),
        (jobs, all, slots, shut, prefers) => {
          const there = closing(all, shut);
          const running = slots.map((slot, at) => busy(`busy-${at}`, slot));
          const startOf = (job: QueuedJob) =>
            chooseStarts(inputOf({ rules, gate: open, workers: there, busy: running, waiting: [job] }))
              .starts[0];
          const hasRoom = (needed: number) => {
            const room = there.find(({ name }) => name === prefers);
            const here = running.filter(({ worker: name }) => name === prefers);
            const used = here.reduce((sum, { processors }) => sum + processors, 0);
            const maxJobs = room?.maxJobs ?? Number.POSITIVE_INFINITY;
            return (
              room?.closed === undefined && here.length < maxJobs && used + needed <= (room?.processors ?? 0)
            );
          };
          for (const { arrivesAt: _at, runsSeconds: _runs, ...job } of jobs) {
            const without = startOf(job);
            const preferred = there.find(({ name }) => name === prefers);
            const isThere =
              without !== undefined &&
              preferred !== undefined &&
              fits(job.demand, preferred) &&
              hasRoom(without.processors);
            expect(startOf({ ...job, prefers: prefers.toUpperCase() })).toEqual(
              isThere ? { ...without, worker: prefers } : without,
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Without limits nothing is known of an end, and no reservation has a time. */
const unlimited = fc.constant(undefined);

describe("a reservation, once made,", () => {
  const atOnce = anyRules.map((there) => ({
    ...there,
    launchType: "non-blocking" as const,
    reserveAfterSeconds: 0,
  }));
  const level = (jobs: readonly PlannedJob[]) => jobs.map((job) => ({ ...job, priority: 0 }));

  it("is never delayed: the job starts at the latest when limits told that it would", () => {
    fc.assert(
      fc.property(jobsOf(limits), workers, atOnce, (all, there, rulesThere) => {
        const promised = new Map<string, number>();
        const from = { ...worldOf(level(fitting(all, there)), rulesThere), workers: there };
        const startedAt = simulate(from, always, (before) => {
          const { reservation } = chooseStarts(inputIn(before));
          if (reservation === undefined || !Number.isFinite(reservation.startSeconds)) return;
          const at = before.now + reservation.startSeconds;
          promised.set(reservation.holder, Math.min(at, promised.get(reservation.holder) ?? at));
        });
        for (const [name, at] of promised) expect(startedAt.get(name)).toBeLessThanOrEqual(at);
      }),
      { numRuns: 1000 },
    );
  });

  it("without limits lets the job start when all has ended that ran then on its worker", () => {
    fc.assert(
      fc.property(jobsOf(unlimited), workers, atOnce, (all, there, rulesThere) => {
        const latest = new Map<string, number>();
        const from = { ...worldOf(level(fitting(all, there)), rulesThere), workers: there };
        const startedAt = simulate(from, always, (_, { keptFor, running }) => {
          if (keptFor === undefined || latest.has(keptFor.name)) return;
          const here = running.filter((job) => job.worker === keptFor.worker);
          latest.set(keptFor.name, Math.max(...here.map((job) => job.startedAt + job.runsSeconds)));
        });
        for (const [name, at] of latest) expect(startedAt.get(name)).toBeLessThanOrEqual(at);
      }),
      { numRuns: 1000 },
    );
  });

  it("holds against a stream of small jobs without end, on the one worker or the other", () => {
    const there = [worker("lab1", 4), worker("lab2", 4)];
    const narrow = Array.from({ length: 400 }, (_, index) => ({
      ...queued(`narrow-${index}`, index + 1),
      arrivesAt: Math.floor(index / 4),
      runsSeconds: 3 + (index % 5),
    }));
    const wide = { ...queued("wide", 0, { processors: 4 }), arrivesAt: 1, runsSeconds: 5 };
    const startedAt = simulate({ ...worldOf([wide, ...narrow], rules), workers: there });
    expect(startedAt.get("wide")).toBeLessThanOrEqual(8);
  });
});

describe("one worker among others that take nothing", () => {
  const idlers = fc
    .record({
      closed: fc.array(fc.integer({ min: 1, max: 10 }), { maxLength: 2 }),
      choosy: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 2 }),
    })
    .map(({ closed, choosy }) => (most: number) => [
      ...closed.map((count, index) => worker(`a${index}`, Math.min(most, count), { closed: "paused" })),
      ...choosy.map((count, index) => worker(`z${index}`, count, { onlyNamed: true })),
    ]);

  it("is given exactly what it would be given alone", () => {
    fc.assert(
      fc.property(snapshots, idlers, (input, others) => {
        const alone = inputOf(input);
        const most = input.rules.maxProcessors;
        const among = { ...alone, workers: [...others(most), worker(LONE, most)] };
        const [choice, one] = [chooseStarts(among), chooseStarts(alone)];
        expect(choice.starts).toEqual(one.starts);
        expect(choice.keptFor).toEqual(one.keptFor);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the choice for several workers", () => {
  it("is the same in whichever order they are given", () => {
    const shuffled = workers.chain((there) =>
      fc.tuple(fc.constant(there), fc.shuffledSubarray(there, { minLength: there.length })),
    );
    fc.assert(
      fc.property(snapshots, shuffled, (input, [there, other]) => {
        const at = inputOf({ ...input, workers: there });
        const { starts, keptFor } = chooseStarts({ ...at, workers: other });
        const { reservation: _, ...same } = chooseStarts(at);
        expect({ starts, keptFor }).toEqual(same);
      }),
      { numRuns: 300 },
    );
  });

  it("puts each job on the worker that has the most free processors, of those where it may start", () => {
    fc.assert(
      fc.property(snapshots, workers, (input, there) => {
        const at = inputOf({
          ...input,
          rules: { ...input.rules, launchType: "non-blocking" },
          workers: there,
        });
        const [first] = chooseStarts(at).starts;
        if (first === undefined || first.aheadOf !== undefined) return;
        const free = (name: string) => new Occupancy(at).roomOf(name)?.usable ?? 0;
        const right = there.filter((one) => fits(undefined, one) && free(one.name) >= first.processors);
        expect(free(first.worker)).toBe(Math.max(...right.map((one) => free(one.name))));
      }),
      { numRuns: 300 },
    );
  });
});
