import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fullReason, headline } from "../../src/job/words.ts";
import { type Estimates, expectedEnd } from "../../src/plan/estimates.ts";
import { placesOf, plan } from "../../src/plan/plan.ts";
import { viewStatus } from "../../src/plan/view-status.ts";
import {
  claimed,
  endIntent,
  exited,
  info,
  launch,
  planRules,
  run,
  running,
  snapshots,
  vanished,
} from "./snapshots.ts";

function estimates(left?: number, usual?: number): Estimates {
  return { secondsLeft: () => left, usualSeconds: () => usual };
}

function limited(timeLimitSeconds: number) {
  return { launch: launch("job", { info: info({ timeLimitSeconds }) }) };
}

describe("the expected end of a run", () => {
  const job = run("job", running(60));

  it("goes by its progress, else by its kind, else by its limit, and never beyond that", () => {
    const withLimit = run("job", running(60), limited(100));
    expect(expectedEnd(job, estimates(2340, 600))).toBe(2340);
    expect(expectedEnd(job, estimates(undefined, 600))).toBe(540);
    expect(expectedEnd(withLimit, estimates())).toBe(40);
    expect(expectedEnd(withLimit, estimates(2340, 600))).toBe(40);
    expect(expectedEnd(job, estimates())).toBeUndefined();
  });

  it("is now once that time is over, never before", () => {
    expect(expectedEnd(job, estimates(undefined, 30))).toBe(0);
    expect(expectedEnd(run("job", running(60), limited(10)), estimates())).toBe(0);
  });

  it("of one that is only claimed is a whole run away", () => {
    expect(expectedEnd(run("job", claimed()), estimates(undefined, 600))).toBe(600);
  });

  it("is now where it has ended or is being ended", () => {
    for (const over of [run("job", exited(0)), run("job", vanished), { ...job, end: endIntent("killed") }])
      expect(expectedEnd(over, estimates(2340, 600))).toBe(0);
  });
});

describe("what a published status expects", () => {
  const known = fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined });
  const guesses = fc.record({ left: fc.array(known, { minLength: 8, maxLength: 8 }), usual: known });

  it("has no job start before the first of what runs ends, and headline and reasons agree on who is next", () => {
    fc.assert(
      fc.property(snapshots, planRules, guesses, (snapshot, rules, { left, usual }) => {
        const decided = plan(snapshot, rules);
        // A job that is just being started is shown as waiting, without its end.
        if (decided.starts.length > 0) return;
        const byRun = (runId: string) => left["abcdefgh".indexOf(runId.at(-1) ?? "")];
        const told = { secondsLeft: byRun, usualSeconds: () => usual };
        const shown = viewStatus(snapshot, decided, placesOf(snapshot, rules, decided, told), told);
        const starts = shown.waiting.flatMap(({ expectedStartSeconds }) => expectedStartSeconds ?? []);
        const ends = shown.running.flatMap(({ expectedEndSeconds }) => expectedEndSeconds ?? []);
        const sentence = headline({
          ...shown,
          processors: { max: 4, busy: 0 },
          disk: { freeBytes: 0, neededBytes: 0 },
        });
        const [, who, when] = /waiting, (.*) to start ([^.]*)/.exec(sentence) ?? [];
        expect(who !== undefined).toBe(starts.length > 0);
        const least = Math.min(...starts);
        if (starts.length === 0) return;
        expect(least).toBeGreaterThanOrEqual(Math.min(...ends));
        const named = who === "the next" ? shown.waiting[0] : shown.waiting.find(({ name }) => name === who);
        expect(named?.expectedStartSeconds).toBe(least);
        expect(named && fullReason(named, "")).toBe(`; expected ${when}`);
        // One that others are expected to pass is never told to be the next.
        for (const { reason, expectedStartSeconds } of shown.waiting)
          if (reason.startsWith("next")) expect(expectedStartSeconds).toBe(least);
      }),
      { numRuns: 1000 },
    );
  });
});
