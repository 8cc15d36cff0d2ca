import { expect, test } from "vitest";
import { measurePage, type PageFigures } from "../../bench/page-measure.ts";
import { judge } from "../../bench/page-targets.ts";

/** Processor time, whatever else the machine does: five times what is aimed at for the time on the clock. */
const MAX_PROCESSOR_MS = 100;

test("the front page of a thousand finished jobs is small, complete and fast", async () => {
  const figures = await measurePage(1000, { requests: 15, settleSeconds: 0, idleSeconds: 1 });
  process.stderr.write(`${JSON.stringify(figures)}\n`);
  expect(figures.finishedJobs).toBe(1000);
  expect(figures.frontWireBytes).toBeGreaterThan(5000);
  expect(figures.frontWireBytes).toBeLessThan(80_000);
  expect(figures.frontProcessorMs).toBeLessThan(MAX_PROCESSOR_MS);
  for (const figure of Object.values(figures)) expect(figure).not.toBeNaN();
});

const GOOD: PageFigures = {
  finishedJobs: 10_000,
  listeningMs: 300,
  readyMs: 500,
  frontMedianMs: 10,
  frontWorstMs: 40,
  frontProcessorMs: 8,
  frontWireBytes: 30_000,
  idleCpuSecondsAMinute: 0.02,
  rssBytes: 80e6,
};

const missed = (...measured: PageFigures[]) =>
  judge(measured).flatMap(({ what, met }) => (met ? [] : [what]));

test("figures within their targets meet them all", () => {
  expect(missed(GOOD, { ...GOOD, finishedJobs: 100_000, frontMedianMs: 19 })).toEqual([]);
});

test.each([
  [{ frontMedianMs: 21 }, "median time to the front page with 10,000 finished jobs"],
  [{ frontWireBytes: 90_000 }, "front page on the wire with 10,000 finished jobs"],
  [{ readyMs: 3001 }, "first front page after the start with 10,000 finished jobs"],
  [{ idleCpuSecondsAMinute: 0.11 }, "processor time at rest with 10,000 finished jobs"],
  [{ frontMedianMs: Number.NaN }, "median time to the front page with 10,000 finished jobs"],
])("a figure beyond its target misses it: %j", (change, what) => {
  expect(missed({ ...GOOD, ...change })).toEqual([what]);
});

test("a front page that becomes slow with many jobs misses the target", () => {
  expect(
    missed({ ...GOOD, frontMedianMs: 5 }, { ...GOOD, finishedJobs: 100_000, frontMedianMs: 11 }),
  ).toEqual(["median time with 100,000 finished jobs, compared with 10,000"]);
});
