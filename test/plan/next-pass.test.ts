import { describe, expect, it } from "vitest";
import type { Action } from "../../src/plan/action.ts";
import { nextAfter, runsDueInMs } from "../../src/plan/next-pass.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { claimed, endIntent, exited, info, launch, run, running } from "./snapshots.ts";

function planOf(kinds: readonly ("admit" | "claim")[]): Plan {
  const start = { name: "job", processors: 1 };
  const actions = kinds.map(
    (kind): Action => (kind === "claim" ? { kind, name: "job", start } : { kind, name: "new" }),
  );
  return { actions, starts: [], gate: { kind: "open" }, keptFor: undefined };
}

describe("the pass after one", () => {
  it.each([
    ["in which nothing was done", [], false, false, "when_due"],
    ["in which what was to be done failed", ["admit", "claim"], false, true, "when_due"],
    ["that claimed and spawned, and did nothing else", ["claim", "claim"], true, true, "soon"],
    ["that claimed and could not spawn", ["claim"], true, false, "at_once"],
    ["that did something else beside it", ["admit", "claim"], true, true, "at_once"],
  ] as const)("%s", (_, kinds, changed, isStarted, next) => {
    expect(nextAfter(planOf(kinds), changed, isStarted)).toBe(next);
  });
});

describe("the time at which a run has to be looked at", () => {
  const limited = { launch: launch("job", { info: info({ timeLimitSeconds: 100 }) }) };

  it.each([
    ["runs without limit", run("job", running()), Number.POSITIVE_INFINITY],
    ["has not started", run("job", claimed(), limited), Number.POSITIVE_INFINITY],
    ["has a limit: when its time is up, and a little later", run("job", running(60), limited), 40_001],
    ["is past its limit: at once", run("job", running(1e6), limited), 1],
    ["is being ended", run("job", running(), { end: endIntent("killed") }), 200],
    ["has ended and left children", run("job", exited(0), { leftProcesses: 1 }), 200],
  ])("is that of the next that %s", (_, next, dueMs) => {
    expect(runsDueInMs([run("other", running()), next])).toBe(dueMs);
  });

  it("never comes when nothing runs", () => {
    expect(runsDueInMs([])).toBe(Number.POSITIVE_INFINITY);
  });
});
