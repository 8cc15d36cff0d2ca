import { describe, expect, it } from "vitest";
import { fromNow, fullReason, headline, timeLeft } from "../../src/job/words.ts";

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

describe("the next start in the headline", () => {
  const line = (...starts: readonly (number | undefined)[]) => {
    const places = starts.map((expectedStartSeconds, ahead) => ({
      name: `job-${ahead}`,
      ...(expectedStartSeconds === undefined ? {} : { expectedStartSeconds }),
    }));
    const told = headline({
      processors: { max: 1, busy: 1 },
      running: [],
      arriving: [],
      waiting: places as unknown as Parameters<typeof headline>[0]["waiting"],
      disk: { freeBytes: 0, neededBytes: 0 },
    });
    return /waiting([^.]*)/.exec(told)?.[1];
  };

  it("is that of the first of the line, unless another is named", () => {
    expect(line(45, 90)).toBe(", the next to start in about 45 s");
    expect(line(45, 45)).toBe(", the next to start in about 45 s");
    expect(line(27, 9, 3)).toBe(", job-2 to start in about 3 s");
    expect(line(undefined, 44)).toBe(", job-1 to start in about 44 s");
  });

  it("is not told where nothing tells it", () => {
    expect(line(undefined, undefined)).toBe("");
    expect(line()).toBe("");
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
    const job = { name: "a", state: "waiting", owner: "ann", description: "", processors: 1 } as const;
    const next = { ...job, priority: 0, bytes: 0, queuedAt: "", rank: 1, held: false, reason: "next" };
    expect(fullReason(next)).toBe("next");
    expect(fullReason({ ...next, expectedStartSeconds: 2400 })).toBe("next; expected in about 40 min");
  });
});
