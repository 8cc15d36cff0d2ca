import { describe, expect, it } from "vitest";
import { PastRuns } from "../../src/plan/estimates.ts";
import { jobRecord } from "../support/job-record.ts";

const KIND = { owner: "ada", script: "sh run.sh" };

function runs(seconds: readonly number[], changes: Parameters<typeof jobRecord>[1] = {}): PastRuns {
  const past = new PastRuns();
  for (const ranSeconds of seconds) past.add(jobRecord("job", { ...KIND, ranSeconds, ...changes }));
  return past;
}

describe("how long jobs of a kind took", () => {
  it("is their median, once three are known", () => {
    expect(runs([10, 90]).usualSeconds(KIND)).toBeUndefined();
    expect(runs([10, 90, 20]).usualSeconds(KIND)).toBe(20);
  });

  it("is told by the last nine", () => {
    expect(runs([...Array(20).fill(500), ...Array(9).fill(7)]).usualSeconds(KIND)).toBe(7);
  });

  it("is that of the same owner and script alone", () => {
    const past = runs([10, 20, 30]);
    expect(past.usualSeconds({ ...KIND, owner: "bob" })).toBeUndefined();
    expect(past.usualSeconds({ ...KIND, script: "sh run.sh 2" })).toBeUndefined();
  });

  it("does not count those that were not done", () => {
    for (const state of ["failed", "killed", "timed_out", "lost", "invalid"] as const)
      expect(runs([10, 20, 30], { state }).usualSeconds(KIND)).toBeUndefined();
  });

  it("is forgotten for the kinds that were seen longest ago", () => {
    const past = runs([10, 20, 30]);
    for (let kind = 0; kind < 2000; kind += 1)
      past.add(jobRecord("job", { ...KIND, script: `other ${kind}`, ranSeconds: 1 }));
    expect(past.usualSeconds(KIND)).toBeUndefined();
  });
});
