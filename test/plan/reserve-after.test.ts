import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tries } from "../support/chance.ts";
import { busy, keptOnLone, limits, open, owners, queued, rules, withLimit } from "./schedule-arbitraries.ts";
import { schedule } from "./schedule-of.ts";
import { choiceIn, type PlannedJob, simulate, type World, worldOf } from "./schedule-simulation.ts";

const NOW_MS = 1e12;
const patient = { ...rules, maxProcessors: 4, reserveAfterSeconds: 900 };

/** Seconds ago, as a job's time at the head. */
function headFor(seconds: number): { headSinceMs: number } {
  return { headSinceMs: NOW_MS - seconds * 1000 };
}

function startedBeside(head: ReturnType<typeof queued>, others = [queued("small", 2)]): string[] {
  const input = { waiting: [head, ...others], busy: [busy("x")], rules: patient, gate: open, nowMs: NOW_MS };
  return schedule(input).starts.map(({ name }) => name);
}

describe("a job at the head that does not fit", () => {
  const wide = (changes = {}) => queued("wide", 1, { processors: 4, ...changes });

  it("is passed by any other that fits, from when it is first seen until Reserve_After is over", () => {
    expect(startedBeside(wide())).toEqual(["small"]);
    expect(startedBeside(wide(headFor(899)))).toEqual(["small"]);
  });

  it("is passed no more afterwards", () => {
    expect(startedBeside(wide(headFor(900)))).toEqual([]);
    expect(startedBeside(wide(headFor(1e7)))).toEqual([]);
  });

  it("is passed no more once processors were kept for it, whatever the clock says", () => {
    expect(startedBeside(wide({ headSinceMs: 0 }))).toEqual([]);
  });

  it("is passed no more where the clock says that its time at the head is yet to come", () => {
    expect(startedBeside(wide(headFor(-3600)))).toEqual([]);
  });

  it("keeps its time while fair share puts another before it", () => {
    const other = queued("other", 2, { owner: "bob", processors: 4 });
    const input = {
      waiting: [wide(headFor(900)), other, queued("small", 3, { owner: "cyd" })],
      busy: [busy("x", { owner: "ann" })],
      rules: patient,
      gate: open,
      nowMs: NOW_MS,
    };
    const choice = schedule(input);
    expect(choice).toMatchObject({
      starts: [{ name: "small", aheadOf: "other" }],
      keptFor: keptOnLone("wide"),
    });
    expect(choice.order.map(({ name }) => name)).toEqual(["wide", "other"]);
    expect(schedule({ ...input, keptFor: keptOnLone("wide") }).starts).toEqual([]);
  });

  it("still has processors kept for it while one of a higher priority is new at the head", () => {
    const urgent = queued("urgent", 2, { priority: 1, processors: 4 });
    expect(startedBeside(wide(headFor(900)), [urgent, queued("small", 3)])).toEqual([]);
  });
});

describe("the example of a wide job before many narrow ones without limit", () => {
  const job = (name: string, place: number, changes: Partial<PlannedJob>): PlannedJob => ({
    ...queued(name, place),
    arrivesAt: 0,
    runsSeconds: 60,
    ...changes,
  });
  const minute = 60;
  const jobs = [
    job("long", 0, { runsSeconds: 39 * minute }),
    job("wide", 1, { processors: 4 }),
    ...Array.from({ length: 187 }, (_, index) => job(`narrow-${index}`, index + 2, {})),
  ];

  it("runs three of them a minute for 15 minutes, then the wide one as soon as the long one has ended", () => {
    const startedAt = simulate(worldOf(jobs, patient));
    const early = [...startedAt].filter(([name, at]) => name.startsWith("narrow") && at < 39 * minute);
    expect(early).toHaveLength(45);
    expect(Math.max(...early.map(([, at]) => at))).toBe(14 * minute);
    expect(startedAt.get("wide")).toBe(39 * minute);
  });

  it("lets them all wait where Reserve_After is 0", () => {
    const startedAt = simulate(worldOf(jobs, { ...patient, reserveAfterSeconds: 0 }));
    const narrow = [...startedAt].filter(([name]) => name.startsWith("narrow")).map(([, at]) => at);
    expect(Math.min(...narrow)).toBe(40 * minute);
  });
});

const streams = fc
  .array(
    fc.record({
      owner: owners,
      processors: fc.integer({ min: 1, max: 6 }),
      arrivesAt: fc.integer({ min: 0, max: 60 }),
      limit: limits,
      run: fc.integer({ min: 1, max: 40 }),
    }),
    { minLength: 3, maxLength: 14 },
  )
  .map((jobs) =>
    jobs
      .toSorted((a, b) => a.arrivesAt - b.arrivesAt)
      .map(
        ({ limit, run, ...rest }, place): PlannedJob => ({
          ...queued(`job-${place}`, place),
          ...rest,
          runsSeconds: Math.min(run, limit ?? run),
          ...withLimit(limit),
        }),
      ),
  );
const machines = fc.record({
  maxProcessors: fc.integer({ min: 2, max: 8 }),
  launchType: fc.constant("non-blocking" as const),
  fairShare: fc.boolean(),
  reserveAfterSeconds: fc.constantFrom(1, 10, 30),
});

/** A pass of a manager that was just restarted: of whom processors are kept for it knows only what is written down. */
function restarted(world: World): World {
  return { ...world, keptFor: undefined };
}

describe("in any stream of jobs", () => {
  it("nobody passes a job whose time is over, but where that cannot delay it; a restart changes nothing", () => {
    fc.assert(
      fc.property(streams, machines, (jobs, machine) => {
        simulate(worldOf(jobs, machine), undefined, (before) => {
          const patience = machine.reserveAfterSeconds * 1000;
          const isOver = ({ headSinceMs }: PlannedJob) =>
            headSinceMs !== undefined && 1e12 + before.now * 1000 - headSinceMs >= patience;
          const over = new Set(before.waiting.filter(isOver).map(({ name }) => name));
          for (const world of [before, restarted(before)]) {
            const atOnce = choiceIn({ ...world, rules: { ...machine, reserveAfterSeconds: 0 } });
            const choice = choiceIn(world);
            // With the head's time over, the choice is that of `Reserve_After = 0`.
            if (atOnce.keptFor === undefined || !over.has(atOnce.keptFor.name)) continue;
            expect([choice.starts, choice.keptFor]).toEqual([atOnce.starts, atOnce.keptFor]);
          }
        });
      }),
      { numRuns: tries(500) },
    );
  });

  it("a wide job starts though others come for ever, at the latest when all has ended that ran when its time was over", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (runsSeconds, reserveAfterSeconds, width, isRestarted) => {
          const narrow = Array.from(
            { length: 300 },
            (_, index): PlannedJob => ({
              ...queued(`narrow-${index}`, index + 1, { processors: width }),
              arrivesAt: index,
              runsSeconds,
            }),
          );
          const wide = { ...queued("wide", 0, { processors: 4 }), arrivesAt: 1, runsSeconds };
          const world = { ...worldOf([wide, ...narrow], { ...patient, reserveAfterSeconds }) };
          const startedAt = simulate(world, undefined, () => undefined, isRestarted ? restarted : undefined);
          expect(startedAt.get("wide")).toBeLessThanOrEqual(1 + reserveAfterSeconds + 2 * runsSeconds);
        },
      ),
      { numRuns: tries(60) },
    );
  });
});
