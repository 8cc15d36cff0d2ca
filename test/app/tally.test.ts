import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Countable, quantilesOf, tallyBy, tallyOf } from "../../src/app/tally.ts";

const attempts = fc.array(
  fc.record<Countable & { readonly owner: string }>({
    state: fc.constantFrom("done", "failed", "killed"),
    owner: fc.constantFrom("a", "b", "c"),
    processors: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
    waitedSeconds: fc.option(fc.integer({ min: 0, max: 9999 }), { nil: undefined }),
    ranSeconds: fc.option(fc.integer({ min: 0, max: 9999 }), { nil: undefined }),
  }),
);

describe("a tally", () => {
  it("of everybody is the sum of those of each", () => {
    fc.assert(
      fc.property(attempts, (all) => {
        const { jobs, failures, processorHours } = tallyOf(all);
        const each = tallyBy(all, ({ owner }) => owner).map(([, tally]) => tally);
        const sum = (of: (tally: (typeof each)[number]) => number) =>
          each.reduce((s, tally) => s + of(tally), 0);
        expect(sum((tally) => tally.jobs)).toBe(jobs);
        expect(sum((tally) => tally.failures)).toBe(failures);
        expect(sum((tally) => tally.processorHours)).toBeCloseTo(processorHours, 1);
      }),
    );
  });

  it("has a median of which half waited less, and a time that nine in ten waited at most", () => {
    const waits = (...seconds: number[]) =>
      tallyOf(seconds.map((waitedSeconds) => ({ state: "done", waitedSeconds })));
    expect(waits(30, 10)).toMatchObject({ waitedMedianSeconds: 20, waited90thSeconds: 28 });
    expect(waits(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100)).toMatchObject({
      waitedMedianSeconds: 5,
      waited90thSeconds: 9,
    });
    expect(waits()).not.toHaveProperty("waitedMedianSeconds");
  });

  it("never has a quantile beyond the values", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const [found = Number.NaN] = quantilesOf(values, [share]);
          expect(found).toBeGreaterThanOrEqual(Math.min(...values));
          expect(found).toBeLessThanOrEqual(Math.max(...values));
        },
      ),
    );
  });
});
