import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseStarts, orderBehind } from "../../src/plan/schedule.ts";
import type { ScheduleInput } from "../../src/plan/schedule-input.ts";
import { busy, inputOf, type LoneInput, open, queued, rules, snapshots } from "./schedule-arbitraries.ts";
import { type PlannedJob, simulate, worldOf } from "./schedule-simulation.ts";

const small = { ...rules, maxProcessors: 4, fairShare: false };
const seconds = (min: number) => fc.option(fc.integer({ min, max: 60 }), { nil: undefined });

/** Names of the line with their expected starts. */
function startsOf(input: LoneInput, runs: Record<string, number> = {}): [string, number | undefined][] {
  const at = inputOf({ nowMs: 1e12, ...input });
  const choice = chooseStarts(at);
  const places = orderBehind(choice.starts, { ...at, keptFor: choice.keptFor }, ({ name }) => runs[name]);
  return places.map(({ name, expectedStartSeconds }) => [name, expectedStartSeconds]);
}

describe("the expected start of a job", () => {
  const running = [busy("x", { timeLimitSeconds: 20_000, expectedSeconds: 2340 })];
  const wide = queued("wide", 1, { processors: 4 });

  it("goes by when what runs is expected to end, and not by its limit", () => {
    expect(startsOf({ waiting: [wide], busy: running, rules: small, gate: open })).toEqual([["wide", 2340]]);
  });

  it("goes by how long those before it are expected to run, and by their limits at the latest", () => {
    const waiting = [
      wide,
      queued("b", 2, { processors: 4 }),
      queued("c", 3, { processors: 4, timeLimitSeconds: 30 }),
      queued("d", 4),
    ];
    const input = { waiting, busy: running, rules: small, gate: open };
    expect(startsOf(input, { wide: 60, b: 5, c: 100 })).toEqual([
      ["wide", 2340],
      ["b", 2400],
      ["c", 2405],
      ["d", 2435],
    ]);
  });

  it("is untold from the first that waits for a job of which nothing is known", () => {
    const input = { waiting: [wide, queued("b", 2)], busy: running, rules: small, gate: open };
    expect(startsOf(input)).toEqual([
      ["wide", 2340],
      ["b", undefined],
    ]);
  });

  it("is before that of the head where the rules let it pass: for Reserve_After, or if it cannot delay it", () => {
    const full = [busy("x", { processors: 3, expectedSeconds: 60 }), busy("y", { expectedSeconds: 2340 })];
    const starts = (reserveAfterSeconds: number) =>
      startsOf(
        {
          waiting: [wide, queued("narrow", 2)],
          busy: full,
          rules: { ...small, reserveAfterSeconds },
          gate: open,
        },
        { wide: 10, narrow: 500 },
      );
    expect(starts(900)).toEqual([
      ["wide", 2340],
      ["narrow", 60],
    ]);
    expect(starts(59)).toEqual([
      ["wide", 2340],
      ["narrow", 2350],
    ]);
  });

  it("is any moment while a job runs on past the time that it was expected to take", () => {
    const overdue = [busy("x", { expectedSeconds: 0 })];
    expect(startsOf({ waiting: [wide], busy: overdue, rules: small, gate: open })).toEqual([["wide", 0]]);
  });

  it("is told of the first five hundred", () => {
    const waiting = Array.from({ length: 600 }, (_, place) => queued(`job-${place}`, place));
    const one = { ...small, maxProcessors: 1 };
    const runs = Object.fromEntries(waiting.map(({ name }) => [name, 10]));
    const told = startsOf({ waiting, busy: [], rules: one, gate: open }, runs);
    expect(told.filter(([, start]) => start !== undefined)).toHaveLength(500);
    expect(told[499]).toEqual(["job-500", 5000]);
  });
});

describe("all expected starts of a line", () => {
  const jobs = fc
    .array(
      fc.record({
        processors: fc.integer({ min: 1, max: 6 }),
        runsSeconds: fc.integer({ min: 1, max: 40 }),
        spare: fc.option(fc.nat({ max: 20 }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 14 },
    )
    .map((list) =>
      list.map(
        ({ processors, runsSeconds, spare }, place): PlannedJob => ({
          ...queued(`job-${place}`, place, { processors }),
          arrivesAt: 0,
          runsSeconds,
          ...(spare === undefined ? {} : { timeLimitSeconds: runsSeconds + spare }),
        }),
      ),
    );

  it("come true where every job runs as long as it is expected to and none comes", () => {
    fc.assert(
      fc.property(jobs, fc.integer({ min: 1, max: 6 }), fc.constantFrom(0, 10, 50), (line, max, patience) => {
        const there = { ...small, maxProcessors: max, reserveAfterSeconds: patience };
        const runs = Object.fromEntries(line.map((job) => [job.name, job.runsSeconds]));
        const startedAt = simulate(worldOf(line, there));
        const told = startsOf({ waiting: line, busy: [], rules: there, gate: open }, runs);
        expect(told).toEqual(told.map(([name]) => [name, startedAt.get(name)]));
      }),
      { numRuns: 500 },
    );
  });

  const futures = fc.record({
    input: snapshots,
    ends: fc.array(seconds(0), { minLength: 5, maxLength: 5 }),
    runs: fc.array(seconds(1), { minLength: 14, maxLength: 14 }),
    patience: fc.constantFrom(0, 20),
  });

  it("agree with each other and with the ends they wait for, whatever is expected", () => {
    fc.assert(
      fc.property(futures, ({ input, ends, runs, patience }) => {
        const there = { ...input.rules, reserveAfterSeconds: patience };
        const isBlocking = there.launchType === "blocking";
        const capacity = isBlocking ? 1 : there.maxProcessors;
        const costOf = (processors: number) => (isBlocking ? 1 : Math.min(processors, there.maxProcessors));
        const slots = input.busy.map((slot, index) => withEnd(slot, ends[index]));
        const at = inputOf({ ...input, rules: there, busy: slots, nowMs: 1e12 });
        const runOf = ({ name }: { readonly name: string }) => runs[Number(name.slice(4))];
        const choice = chooseStarts(at);
        const places = orderBehind(choice.starts, { ...at, keptFor: choice.keptFor }, runOf);

        // All that takes processors, with when it begins and when it is expected to end.
        const jobs = new Map(input.waiting.map((job) => [job.name, job]));
        const taken = (name: string, from: number) => {
          const job = jobs.get(name);
          const limit = job?.timeLimitSeconds ?? Infinity;
          const until = from + Math.min(limit, (job && runOf(job)) ?? Infinity);
          return { from, until, processors: costOf(job?.processors ?? 0) };
        };
        const span = (slot: (typeof slots)[number]) => ({
          from: -1,
          until: Math.min(slot.expectedSeconds ?? Infinity, limitLeft(slot)),
          processors: isBlocking ? 1 : slot.processors,
        });
        const spans = [...slots.map(span), ...choice.starts.map(({ name }) => taken(name, 0))];
        const firstEnd = Math.min(...spans.map(({ until }) => until));
        const line = places.filter(({ reason }) => reason.kind !== "held" && reason.kind !== "obstacle");

        const told = line
          .flatMap(({ name, expectedStartSeconds: start }, rank) =>
            start === undefined ? [] : [{ name, rank, start }],
          )
          .toSorted((a, b) => a.start - b.start || a.rank - b.rank);
        for (const { name, rank, start } of told) {
          expect(start).toBeGreaterThanOrEqual(firstEnd);
          const inUse = spans.reduce((sum, one) => sum + (one.until > start ? one.processors : 0), 0);
          const mine = taken(name, start);
          expect(inUse + mine.processors).toBeLessThanOrEqual(capacity);
          // It passes others only where the first of them does not fit at that time.
          const head = line
            .slice(0, rank)
            .find((before) => (before.expectedStartSeconds ?? Infinity) > start);
          if (head !== undefined)
            expect(costOf(jobs.get(head.name)?.processors ?? 0)).toBeGreaterThan(capacity - inUse);
          spans.push(mine);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function withEnd<T extends object>(slot: T, end: number | undefined): T & { expectedSeconds?: number } {
  return end === undefined ? slot : { ...slot, expectedSeconds: end };
}

function limitLeft(slot: ScheduleInput["busy"][number]): number {
  return Math.max(0, (slot.timeLimitSeconds ?? Infinity) - slot.elapsedSeconds);
}
