import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processorMsOf } from "../support/cost.ts";
import {
  busy,
  closedGates,
  LONE,
  type LoneInput,
  open,
  queued,
  rules,
  snapshots,
} from "./schedule-arbitraries.ts";
import { schedule } from "./schedule-of.ts";

function started(input: Partial<LoneInput>): string[] {
  return scheduleOf(input).starts.map((start) => start.name);
}

function lined(input: Partial<LoneInput>): string[] {
  return scheduleOf(input).order.map((place) => place.name);
}

function scheduleOf(input: Partial<LoneInput>): ReturnType<typeof schedule> {
  return schedule({ waiting: [], busy: [], rules, gate: open, ...input });
}

function reasonsOf(input: Partial<LoneInput>): Record<string, unknown> {
  return Object.fromEntries(scheduleOf(input).order.map((place) => [place.name, place.reason]));
}

function processorsOf(slots: readonly { readonly processors: number }[]): number {
  return slots.reduce((sum, slot) => sum + slot.processors, 0);
}

const full = [busy("full", { processors: 8 })];
const unfair = { ...rules, fairShare: false };

describe("what starts now", () => {
  it("starts everything that fits, first admitted first", () => {
    const waiting = [queued("c", 3), queued("a", 1), queued("b", 2)];
    expect(scheduleOf({ waiting })).toEqual({
      starts: [
        { name: "a", worker: LONE, processors: 1 },
        { name: "b", worker: LONE, processors: 1 },
        { name: "c", worker: LONE, processors: 1 },
      ],
      order: [],
    });
  });

  it("lowers a job that wants more processors than there are to the limit", () => {
    expect(scheduleOf({ waiting: [queued("big", 1, { processors: 99 })] }).starts).toEqual([
      { name: "big", worker: LONE, processors: 8 },
    ]);
  });

  it("starts nothing after a limit lowered below what runs, until it fits again", () => {
    const waiting = [queued("a", 1)];
    const lowered = { ...rules, maxProcessors: 4 };
    expect(started({ waiting, rules: lowered, busy: full })).toEqual([]);
    expect(reasonsOf({ waiting, rules: lowered, busy: full })).toEqual({
      a: { kind: "next_in_line", needed: 1, free: 0 },
    });
    expect(started({ waiting, rules: lowered, busy: [busy("x", { processors: 3 })] })).toEqual(["a"]);
  });

  it("runs one job at a time when launching is blocking, whatever is free", () => {
    const blocking = { ...rules, launchType: "blocking" } as const;
    const waiting = [queued("a", 1, { processors: 3 }), queued("b", 2)];
    expect(scheduleOf({ waiting, rules: blocking })).toEqual({
      starts: [{ name: "a", worker: LONE, processors: 3 }],
      order: [{ name: "b", reason: { kind: "one_at_a_time", ahead: 0, running: ["a"] } }],
    });
    expect(started({ waiting, rules: blocking, busy: [busy("x")] })).toEqual([]);
  });

  it("tells how jobs that run one at a time follow each other", () => {
    const blocking = { ...rules, launchType: "blocking" } as const;
    const waiting = [queued("a", 1, { timeLimitSeconds: 30 }), queued("b", 2), queued("c", 3)];
    const running = [busy("x", { processors: 8, elapsedSeconds: 5, timeLimitSeconds: 20 })];
    expect(
      scheduleOf({ waiting, rules: blocking, busy: running }).order.map(
        (place) => place.expectedStartSeconds,
      ),
    ).toEqual([15, 45, undefined]);
  });

  it("never takes a held or obstructed job for the head", () => {
    const waiting = [
      queued("held", 1, { processors: 8, held: true }),
      queued("stuck", 2, { processors: 8, obstacle: "cannot be moved" }),
      queued("free", 3),
    ];
    expect(scheduleOf({ waiting, busy: [busy("x")] })).toEqual({
      starts: [{ name: "free", worker: LONE, processors: 1 }],
      order: [
        { name: "held", reason: { kind: "held" } },
        { name: "stuck", reason: { kind: "obstacle", why: "cannot be moved" } },
      ],
    });
  });
});

describe("the order", () => {
  it("puts a higher priority first", () => {
    expect(lined({ waiting: [queued("a", 1), queued("b", 2, { priority: 5 })], busy: full })).toEqual([
      "b",
      "a",
    ]);
  });

  it("goes by name where all else is equal", () => {
    expect(lined({ waiting: [queued("b", 1), queued("B", 1), queued("a", 1)], busy: full })).toEqual([
      "B",
      "a",
      "b",
    ]);
  });

  it("prefers the owner with fewer processors in use", () => {
    const waiting = [queued("a", 1, { owner: "ann" }), queued("b", 2, { owner: "bob" })];
    const running = [busy("x", { owner: "ann", processors: 8 })];
    expect(lined({ waiting, busy: running })).toEqual(["b", "a"]);
    expect(lined({ waiting, busy: running, rules: unfair })).toEqual(["a", "b"]);
  });

  it("counts what it has just started in the owner's share", () => {
    const waiting = [
      ...[1, 2, 3].map((place) => queued(`ann-${place}`, place, { processors: 2 })),
      ...[4, 5, 6].map((place) => queued(`bob-${place}`, place, { owner: "bob", processors: 2 })),
    ];
    expect(started({ waiting })).toEqual(["ann-1", "bob-4", "ann-2", "bob-5"]);
    expect(lined({ waiting })).toEqual(["ann-3", "bob-6"]);
  });

  it("lets priority go before fair share", () => {
    const waiting = [queued("a", 1, { owner: "ann", priority: 1 }), queued("b", 2, { owner: "bob" })];
    expect(lined({ waiting, busy: [busy("x", { owner: "ann", processors: 8 })] })).toEqual(["a", "b"]);
  });

  it("puts a job sent to the top before its whole priority, fair share or not", () => {
    const waiting = [
      queued("top", 0, { owner: "ann", sentToTop: true }),
      queued("b", 1, { owner: "bob" }),
      queued("urgent", 2, { priority: 1 }),
    ];
    const running = [busy("x", { owner: "ann", processors: 8 })];
    expect(lined({ waiting, busy: running })).toEqual(["urgent", "top", "b"]);
  });

  it("takes several sent to the top by their places alone", () => {
    const waiting = [
      queued("a", -1, { owner: "ann", sentToTop: true }),
      queued("b", 0, { owner: "bob", sentToTop: true }),
    ];
    expect(lined({ waiting, busy: [busy("x", { owner: "ann", processors: 8 })] })).toEqual(["a", "b"]);
  });

  it("shows owners in turn, as their jobs will start", () => {
    const waiting = [queued("ann-1", 1), queued("ann-2", 2), queued("bob-3", 3, { owner: "bob" })];
    expect(lined({ waiting, busy: full })).toEqual(["ann-1", "bob-3", "ann-2"]);
  });

  it("knows no fair share where jobs run one at a time, since none runs when the next starts", () => {
    const waiting = [queued("a", 1), queued("b", 2, { owner: "bob" }), queued("c", 3)];
    const blocking = { ...rules, launchType: "blocking" } as const;
    const running = [busy("x", { owner: "ann" })];
    expect(lined({ waiting, busy: running, rules: blocking })).toEqual(["a", "b", "c"]);
  });

  it("follows the place alone when a place is all that a job sent to the top has", () => {
    expect(lined({ waiting: [queued("a", 1), queued("b", -1)], busy: full })).toEqual(["b", "a"]);
  });

  it("does not hold against a job what was started ahead of it", () => {
    const waiting = [
      queued("ann-big", 1, { processors: 8 }),
      queued("bob-big", 2, { owner: "bob", processors: 8 }),
    ];
    expect(lined({ waiting, busy: [busy("x", { owner: "ann" })] })).toEqual(["bob-big", "ann-big"]);
    const running = [busy("x", { owner: "ann", aheadOf: "ann-big" })];
    expect(lined({ waiting, busy: running })).toEqual(["ann-big", "bob-big"]);
  });
});

describe("why a job waits", () => {
  it("tells the first what it needs and the others their place", () => {
    const waiting = [queued("a", 1, { processors: 8 }), queued("b", 2, { processors: 8 })];
    expect(scheduleOf({ waiting, busy: [busy("x", { processors: 2 })] }).order).toEqual([
      { name: "a", reason: { kind: "next_in_line", needed: 8, free: 6 } },
      { name: "b", reason: { kind: "behind_others", ahead: 1, needed: 8, free: 6 } },
    ]);
  });

  it("tells the first for how long smaller jobs may pass it, where there can be any", () => {
    const reasonOf = (first: number, behind: number) =>
      reasonsOf({
        waiting: [queued("a", 1, { processors: first }), ...(behind > 0 ? [queued("b", 2)] : [])],
        busy: [busy("x", { processors: 8 })],
        rules: { ...rules, reserveAfterSeconds: 900 },
      })["a"];
    expect(reasonOf(3, 1)).toMatchObject({ kind: "next_in_line", passableSeconds: 900 });
    for (const reason of [reasonOf(1, 1), reasonOf(3, 0)])
      expect(reason).toMatchObject({ passableSeconds: undefined });
  });

  it("names the job that must not be delayed", () => {
    const waiting = [queued("big", 1, { processors: 8 }), queued("small", 2)];
    expect(reasonsOf({ waiting, busy: [busy("x")] })).toMatchObject({
      small: { kind: "would_delay", ahead: 1, needed: 1, head: "big" },
    });
  });

  it("tells that fair share lets a later comer go first", () => {
    const waiting = [queued("a", 1), queued("b", 2, { owner: "bob" })];
    expect(reasonsOf({ waiting, busy: [busy("x", { owner: "ann", processors: 8 })] })).toEqual({
      b: { kind: "next_in_line", needed: 1, free: 0 },
      a: { kind: "fair_share", ahead: 1, needed: 1, free: 0 },
    });
  });

  it("does not take a higher priority for fair share", () => {
    const waiting = [queued("a", 1), queued("b", 2, { owner: "bob", priority: 1 })];
    expect(reasonsOf({ waiting, busy: full })).toMatchObject({ a: { kind: "behind_others" } });
  });

  it("gives what closes the queue as the reason of all but the held", () => {
    const waiting = [queued("a", 1), queued("b", 2, { held: true })];
    const gate = { kind: "low_disk", freeBytes: 5, neededBytes: 9 } as const;
    expect(scheduleOf({ waiting, gate }).order).toEqual([
      { name: "a", reason: gate },
      { name: "b", reason: { kind: "held" } },
    ]);
  });

  it("tells when a job starts as far as limits tell", () => {
    const waiting = [
      queued("a", 1, { processors: 8, timeLimitSeconds: 100 }),
      queued("b", 2, { processors: 8 }),
      queued("c", 3, { processors: 8 }),
    ];
    const running = [busy("x", { processors: 4, elapsedSeconds: 10, timeLimitSeconds: 60 })];
    expect(scheduleOf({ waiting, busy: running }).order.map((place) => place.expectedStartSeconds)).toEqual([
      50,
      150,
      undefined,
    ]);
  });

  it("expects the end of an overdue job at any moment", () => {
    const running = [busy("x", { processors: 8, elapsedSeconds: 70, timeLimitSeconds: 60 })];
    expect(scheduleOf({ waiting: [queued("a", 1)], busy: running }).order[0]?.expectedStartSeconds).toBe(0);
  });
});

describe("any snapshot", () => {
  it("never uses more than the limit, nor runs two jobs when blocking", () => {
    fc.assert(
      fc.property(snapshots, (input) => {
        const { starts } = schedule(input);
        if (starts.length === 0) return;
        expect(processorsOf(starts) + processorsOf(input.busy)).toBeLessThanOrEqual(
          input.rules.launchType === "blocking" ? Number.POSITIVE_INFINITY : input.rules.maxProcessors,
        );
        if (input.rules.launchType === "blocking") expect(starts.length + input.busy.length).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  it("grants what is wanted, or the limit", () => {
    fc.assert(
      fc.property(snapshots, (input) => {
        const wanted = new Map(input.waiting.map((job) => [job.name, job.processors]));
        for (const start of schedule(input).starts) {
          expect(start.processors).toBe(Math.min(wanted.get(start.name) ?? 0, input.rules.maxProcessors));
        }
      }),
    );
  });

  it("tells of every waiting job exactly once, with ranks from 1", () => {
    fc.assert(
      fc.property(snapshots, (input) => {
        const { starts, order } = schedule(input);
        const told = [...starts, ...order].map((job) => job.name).toSorted();
        expect(told).toEqual(input.waiting.map((job) => job.name).toSorted());
      }),
      { numRuns: 500 },
    );
  });

  it("starts nothing while the gate is closed, and still tells the order", () => {
    fc.assert(
      fc.property(snapshots, closedGates, (input, gate) => {
        const { starts, order } = schedule({ ...input, gate });
        expect(starts).toEqual([]);
        expect(order).toHaveLength(input.waiting.length);
      }),
    );
  });

  it("gives the same choice however its lists are ordered", () => {
    const shuffled = snapshots.chain((input) =>
      fc.record({
        input: fc.constant(input),
        waiting: fc.shuffledSubarray([...input.waiting], { minLength: input.waiting.length }),
        busy: fc.shuffledSubarray([...input.busy], { minLength: input.busy.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ input, waiting, busy: slots }) => {
        expect(schedule({ ...input, waiting, busy: slots })).toEqual(schedule(input));
      }),
      { numRuns: 500 },
    );
  });

  it("never starts a held or obstructed job, and lists them last", () => {
    fc.assert(
      fc.property(snapshots, (input) => {
        const stuck = input.waiting
          .filter((job) => job.held || job.obstacle !== undefined)
          .map((job) => job.name);
        const { order } = schedule(input);
        const last = order.slice(order.length - stuck.length).map((place) => place.name);
        expect(last.toSorted()).toEqual(stuck.toSorted());
      }),
      { numRuns: 300 },
    );
  });

  it("lets nothing of the same owner or of a lower priority overtake, except ahead of a head that does not fit", () => {
    fc.assert(
      fc.property(snapshots, (input) => {
        const { starts, order } = schedule(input);
        const jobs = new Map(input.waiting.map((job) => [job.name, job]));
        const inTurn = starts.filter((start) => start.aheadOf === undefined);
        const line = order.filter((place) => !["held", "obstacle"].includes(place.reason.kind));
        const sequence = [...inTurn, ...line].flatMap(({ name }) => jobs.get(name) ?? []);
        for (const [index, job] of sequence.entries()) {
          for (const later of sequence.slice(index + 1)) {
            expect(later.priority).toBeLessThanOrEqual(job.priority);
            if (later.priority !== job.priority || later.owner !== job.owner) continue;
            if (later.sentToTop === job.sentToTop) expect(later.place).toBeGreaterThanOrEqual(job.place);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("starts the next of the owner with the fewest processors, as choosing anew after every start would", () => {
    fc.assert(
      fc.property(snapshots, (input) => {
        const [first, second] = schedule(input).starts;
        if (first === undefined || second === undefined) return;
        const job = input.waiting.find((candidate) => candidate.name === first.name);
        const now = { ...first, owner: job?.owner ?? "", elapsedSeconds: 0 };
        const limit = job?.timeLimitSeconds;
        const slot = limit === undefined ? now : { ...now, timeLimitSeconds: limit };
        const again = schedule({
          ...input,
          waiting: input.waiting.filter((candidate) => candidate !== job),
          busy: [...input.busy, slot],
        });
        expect(again.starts[0]?.name).toBe(second.name);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps the same head after what it starts ahead of it", () => {
    fc.assert(
      fc.property(snapshots, (input) => {
        for (const start of schedule(input).starts) {
          if (start.aheadOf !== undefined) expect(schedule(input).order[0]?.name).toBe(start.aheadOf);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("ten thousand waiting jobs", () => {
  it.each([1, 300, 10_000])("are ordered within the pause of a pass, with %i owners", (ownerCount) => {
    const waiting = Array.from({ length: 10_000 }, (_, index) =>
      queued(`job-${index}`, (index * 7919) % 10_000, {
        owner: `owner-${index % ownerCount}`,
        processors: 1 + (index % 9),
        priority: index % 5,
      }),
    );
    const running = Array.from({ length: 64 }, (_, index) =>
      busy(`busy-${index}`, { owner: `owner-${index}` }),
    );
    const input = { waiting, busy: running, rules: { ...rules, maxProcessors: 128 }, gate: open };
    expect(processorMsOf(() => schedule(input))).toBeLessThan(1000);
  });
});
