import { describe, expect, it } from "vitest";
import { type Carried, nextAfter } from "../../src/plan/action.ts";
import { runsDueInMs } from "../../src/plan/plan-runs.ts";
import { claimed, endIntent, exited, info, launch, run, running } from "./snapshots.ts";

describe("the pass after one", () => {
  it.each([
    ["in which nothing was done", [], "when_due"],
    ["in which what was to be done failed", ["admit refused", "start refused"], "when_due"],
    ["in which processes were signalled", ["signal done", "continue_supervisor done"], "when_due"],
    ["that started, and did nothing else", ["start done", "start done"], "soon"],
    [
      "that accounted for what had ended, and started what came after it",
      ["finish done", "start done"],
      "soon",
    ],
    ["that could not account for what had ended", ["finish unfinished", "start done"], "at_once"],
    ["that could not start all", ["start done", "start refused"], "at_once"],
    ["that claimed and could not spawn", ["start unfinished"], "at_once"],
    ["that did something else beside it", ["admit done", "start done"], "at_once"],
  ] as const)("%s", (_, carried, next) => {
    expect(nextAfter(carried.map(carriedOf))).toBe(next);
  });
});

function carriedOf(text: string): Carried {
  const [kind, end] = text.split(" ");
  return { kind, name: "job", end } as Carried;
}

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
