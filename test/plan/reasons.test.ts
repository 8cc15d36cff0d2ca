import { describe, expect, it } from "vitest";
import { describeGate, describeReason } from "../../src/plan/reasons.ts";

describe("a reason in words", () => {
  it.each([
    [{ kind: "next_in_line", needed: 4, free: 2 }, "first in line: needs 4 processors, 2 are free"],
    [{ kind: "next_in_line", needed: 2, free: 1 }, "first in line: needs 2 processors, 1 is free"],
    [{ kind: "next_in_line", needed: 1, free: 0 }, "first in line: needs 1 processor, none is free"],
    [
      { kind: "next_in_line", needed: 3, free: 0, passableSeconds: 719 },
      "first in line: needs 3 processors, none is free; smaller jobs may pass it for about 12 min more (Reserve_After)",
    ],
    [{ kind: "behind_others", ahead: 1, needed: 1, free: 0 }, "2nd in line: needs 1 processor, none is free"],
    [
      { kind: "fair_share", ahead: 2, needed: 2, free: 1 },
      "3rd in line: needs 2 processors, 1 is free; whoever uses fewer processors goes first",
    ],
    [
      { kind: "would_delay", ahead: 2, needed: 1, head: "big" },
      "3rd in line: needs 1 processor; must not delay «big»",
    ],
    [
      { kind: "one_at_a_time", ahead: 0, running: ["a"] },
      "next: one job runs at a time, and «a» is not done yet",
    ],
    [{ kind: "one_at_a_time", ahead: 1, running: ["a"] }, "2nd in line: one job runs at a time"],
    [{ kind: "held" }, "held: take away the file QM_HOLD to release it, or use `qm release`"],
    [{ kind: "obstacle", why: "cannot be moved: permission denied" }, "cannot be moved: permission denied"],
    [{ kind: "paused" }, "the queue is paused: take away the file QM_PAUSE to go on, or use `qm resume`"],
    [{ kind: "draining" }, "the manager is stopping: no job starts until it is started again"],
  ] as const)("%o", (reason, words) => {
    expect(describeReason(reason)).toBe(words);
  });

  it("names who paused the queue", () => {
    expect(describeGate({ kind: "paused", by: "ann" })).toBe(
      "the queue is paused by ann: take away the file QM_PAUSE to go on, or use `qm resume`",
    );
  });

  it("never rounds too little disk up to enough", () => {
    expect(describeReason({ kind: "low_disk", freeBytes: 120_000_000, neededBytes: 200_000_000 })).toBe(
      "low disk: 120 MB free, 200 MB needed",
    );
    expect(describeReason({ kind: "low_disk", freeBytes: 199_999_999, neededBytes: 200_000_000 })).toBe(
      "low disk: 199 MB free, 200 MB needed",
    );
  });

  it("names all that still run after a change to one at a time", () => {
    expect(describeReason({ kind: "one_at_a_time", ahead: 0, running: ["a", "b"] })).toBe(
      "next: one job runs at a time, and «a» and «b» are not done yet",
    );
  });

  it.each([
    [2, "2nd"],
    [4, "4th"],
    [11, "11th"],
    [12, "12th"],
    [13, "13th"],
    [20, "20th"],
    [21, "21st"],
    [22, "22nd"],
    [103, "103rd"],
    [111, "111th"],
  ])("counts place %i as %s", (place, words) => {
    const reason = { kind: "behind_others", ahead: place - 1, needed: 1, free: 0 } as const;
    expect(describeReason(reason)).toBe(`${words} in line: needs 1 processor, none is free`);
  });
});
