import { expect, test } from "vitest";
import { measurePage } from "../../bench/page-measure.ts";

test("the front page of a thousand finished jobs is measured, small and complete", async () => {
  const figures = await measurePage(1000, { requests: 10, settleSeconds: 0, idleSeconds: 1 });
  process.stderr.write(`${JSON.stringify(figures)}\n`);
  expect(figures.finishedJobs).toBe(1000);
  expect(figures.frontWireBytes).toBeGreaterThan(5000);
  expect(figures.frontWireBytes).toBeLessThan(80_000);
  for (const figure of Object.values(figures)) expect(figure).not.toBeNaN();
});
