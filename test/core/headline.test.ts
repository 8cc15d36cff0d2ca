import { describe, expect, it } from "vitest";
import { fromNow, timeLeft, withExpectedStart } from "../../src/core/forecast-words.ts";
import { headline } from "../../src/core/headline.ts";

describe("the headline", () => {
  it("explains idle processors between the jobs and the disk", () => {
    const told = headline({
      processors: { max: 4, busy: 1 },
      running: ["x"],
      arriving: [],
      waiting: [],
      disk: { freeBytes: 12e9, neededBytes: 0 },
      idle: "3 processors are kept for fit-004, which needs 4",
    });
    expect(told).toBe(
      "1 of 4 processors busy: 1 job running, 0 waiting. 3 processors are kept for fit-004, which needs 4. 12.0 GB of disk free.",
    );
  });
});

describe("what is expected, in words", () => {
  it.each([
    [0, "any moment", "may end any moment"],
    [0.4, "any moment", "may end any moment"],
    [45, "in about 45 s", "about 45 s left"],
    [301, "in about 5 min", "about 5 min left"],
    [2370, "in about 40 min", "about 40 min left"],
    [20_940, "in about 5 h 49 min", "about 5 h 49 min left"],
  ])("%d s: %s, %s", (seconds, starts, left) => {
    expect([fromNow(seconds), timeLeft(seconds)]).toEqual([starts, left]);
  });

  it("stands behind the reason of a job that waits", () => {
    expect(withExpectedStart("next", undefined)).toBe("next");
    expect(withExpectedStart("next", 2400)).toBe("next; expected in about 40 min");
  });
});
