import { describe, expect, it } from "vitest";
import {
  type ChildEnd,
  childName,
  describeSpreadEnd,
  infoOfChild,
  outcomeOfSpread,
} from "../../src/job/spread.ts";
import { info } from "../plan/snapshots.ts";

function children(...states: readonly ChildEnd["state"][]) {
  return states.map((state, at) => ({
    name: `all.lab${at + 1}`,
    end: { state, reason: `told of ${state}` },
  }));
}

describe("the end of a job that runs on all workers", () => {
  it.each<[readonly ChildEnd["state"][], string]>([
    [["done", "done"], "done"],
    [["killed", "done"], "killed"],
    [["killed", "timed_out"], "timed_out"],
    [["timed_out", "failed", "killed"], "failed"],
    [["failed", "lost", "done"], "lost"],
    [["failed", "invalid"], "lost"],
  ])("of %j is %s", (states, outcome) => {
    expect(outcomeOfSpread(children(...states)).kind).toBe(outcome);
  });

  it("names each child that was not done", () => {
    expect(describeSpreadEnd(children("done", "done"))).toBe("done on 2 workers");
    expect(describeSpreadEnd(children("done", "failed", "timed_out"))).toBe(
      "done on 1 of 3 workers; all.lab2: failed, told of failed; all.lab3: timed out, told of timed_out",
    );
  });

  it("says once that a child was killed", () => {
    const killed = { name: "all.lab1", end: { state: "killed" as const, reason: "killed by ann" } };
    expect(describeSpreadEnd([killed])).toBe("done on 0 of 1 worker; all.lab1: killed by ann");
  });

  it("has the worst child's exit code", () => {
    const [first] = children("failed");
    const failed = { name: "all.lab2", end: { state: "failed" as const, reason: "", exitCode: 7 } };
    expect(outcomeOfSpread([failed, ...children("done")])).toEqual({ kind: "failed", exitCode: 7 });
    expect(first && outcomeOfSpread([first])).toEqual({ kind: "failed", exitCode: 1 });
  });
});

describe("a child of such a job", () => {
  it("is bound to its worker, and runs on no others", () => {
    const childOf = { name: "all", runId: "r", worker: "lab2" };
    const asked = info({ runOnAll: true, pool: "night", workers: ["lab1", "lab2"], needs: ["gpu"] });
    const bound = infoOfChild(asked, childOf);
    expect(bound).toMatchObject({ workers: ["lab2"], needs: ["gpu"], childOf });
    expect(bound.runOnAll).toBeUndefined();
    expect(bound.pool).toBeUndefined();
    expect(infoOfChild(asked, undefined)).toBe(asked);
  });

  it("has a name that is a job's, whatever the worker is called", () => {
    expect(childName("all", "lab2")).toBe("all.lab2");
    expect(childName("all", "tmp")).toBe("all.tmp.job");
  });
});
