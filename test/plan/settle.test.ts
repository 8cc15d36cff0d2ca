import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ArrivalWatch,
  describeReadiness,
  isSettled,
  quietNeededMs,
  readinessOf,
  watchArrival,
} from "../../src/plan/settle.ts";

const SETTLE_SECONDS = 2;

/** A look at a folder: when, and how it was. */
interface Look {
  readonly atMs: number;
  readonly fingerprint: string;
}

/** The watch after these looks. */
function watchOf(...looks: readonly Look[]): ArrivalWatch {
  let watch: ArrivalWatch | undefined;
  for (const { atMs, fingerprint } of looks) watch = watchArrival(watch, fingerprint, atMs);
  if (watch === undefined) throw new Error("a watch needs a look");
  return watch;
}

/** Looks that find the folder changed at each of the times, in seconds. */
function changedAt(...seconds: readonly number[]): ArrivalWatch {
  return watchOf(...seconds.map((second) => ({ atMs: second * 1000, fingerprint: `at ${second}` })));
}

const look = { deliveredWhole: false, entries: 3 };

describe("watching a folder that arrives", () => {
  it("begins quiet time with the first look", () => {
    expect(changedAt(5)).toEqual({ fingerprint: "at 5", lastChangeMs: 5000, longestPauseMs: 0 });
  });

  it("lets quiet time go on while the folder stays as it is", () => {
    const watch = watchOf({ atMs: 0, fingerprint: "a" }, { atMs: 900, fingerprint: "a" });
    expect(watch.lastChangeMs).toBe(0);
  });

  it("begins quiet time anew with each change, and remembers the longest pause", () => {
    const watch = changedAt(0, 4, 5);
    expect(watch).toMatchObject({ lastChangeMs: 5000, longestPauseMs: 4000 });
  });

  it("counts a folder that changes back as changed", () => {
    const watch = watchOf(
      { atMs: 0, fingerprint: "a" },
      { atMs: 100, fingerprint: "b" },
      { atMs: 200, fingerprint: "a" },
    );
    expect(watch.lastChangeMs).toBe(200);
  });
});

describe("a folder has settled", () => {
  it("once it was quiet for Settle_Time", () => {
    expect(isSettled(changedAt(10), SETTLE_SECONDS, 11_999)).toBe(false);
    expect(isSettled(changedAt(10), SETTLE_SECONDS, 12_000)).toBe(true);
  });

  it("once it was quiet for three times the longest pause of its copy, where that is more", () => {
    const pausing = changedAt(0, 5, 6);
    expect(quietNeededMs(pausing, SETTLE_SECONDS)).toBe(15_000);
    expect(isSettled(pausing, SETTLE_SECONDS, 20_999)).toBe(false);
    expect(isSettled(pausing, SETTLE_SECONDS, 21_000)).toBe(true);
  });

  it("after 30 s at most, whatever pauses it made", () => {
    expect(quietNeededMs(changedAt(0, 600), SETTLE_SECONDS)).toBe(30_000);
  });

  it("after Settle_Time at least, where a person has set more than those 30 s", () => {
    expect(quietNeededMs(changedAt(0, 600), 45)).toBe(45_000);
  });

  it("only after max(settle, min(30 s, 3 × longest pause)) without a change, whatever the copy did", () => {
    const copies = fc.array(
      fc.record({ afterMs: fc.integer({ min: 1, max: 20_000 }), changes: fc.boolean() }),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(
        copies,
        fc.integer({ min: 0, max: 60 }),
        fc.nat({ max: 100_000 }),
        (copy, settle, laterMs) => {
          let nowMs = 0;
          let content = 0;
          let changedMs = 0;
          let longestPauseMs = 0;
          const looks: Look[] = [{ atMs: 0, fingerprint: "0" }];
          for (const step of copy) {
            nowMs += step.afterMs;
            if (step.changes) {
              content += 1;
              longestPauseMs = Math.max(longestPauseMs, nowMs - changedMs);
              changedMs = nowMs;
            }
            looks.push({ atMs: nowMs, fingerprint: String(content) });
          }
          const needed = Math.max(settle * 1000, Math.min(30_000, 3 * longestPauseMs));
          const settled = isSettled(watchOf(...looks), settle, nowMs + laterMs);
          expect(settled).toBe(nowMs + laterMs - changedMs >= needed);
        },
      ),
    );
  });
});

describe("whether a folder may be admitted", () => {
  it("it may once it has settled, and tells since when", () => {
    const watch = changedAt(0);
    expect(readinessOf(look, watch, SETTLE_SECONDS, 2000)).toEqual({ kind: "ready", wholeSeconds: 0 });
    expect(readinessOf(look, watch, SETTLE_SECONDS, 2500)).toEqual({ kind: "ready", wholeSeconds: 0.5 });
  });

  it("until then it tells how long it has been quiet, and how long it has to be", () => {
    expect(readinessOf(look, changedAt(0, 1), SETTLE_SECONDS, 1500)).toEqual({
      kind: "settling",
      quietSeconds: 0.5,
      neededSeconds: 3,
    });
  });

  it("it may not, however quiet, while a name in it tells of a copy", () => {
    const copying = { ...look, copyInProgress: "in/data.part" };
    expect(readinessOf(copying, changedAt(0), SETTLE_SECONDS, 1e9)).toEqual({
      kind: "copying",
      temporaryName: "in/data.part",
    });
  });

  it("it may not, however quiet, while there is nothing in it", () => {
    expect(readinessOf({ ...look, entries: 0 }, changedAt(0), SETTLE_SECONDS, 1e9)).toEqual({
      kind: "empty",
    });
  });

  it.each([
    ["freshly seen", look],
    ["with a temporary name inside", { ...look, copyInProgress: "x.part" }],
    ["with nothing but the request inside", { ...look, entries: 0 }],
  ])("it may at once when it was delivered whole: %s", (_, seen) => {
    const whole = { ...seen, deliveredWhole: true };
    expect(readinessOf(whole, changedAt(0), SETTLE_SECONDS, 0)).toEqual({ kind: "ready" });
  });
});

const DENIED = { kind: "unreadable", why: "permission denied (EACCES)" } as const;

describe("the words for it", () => {
  it.each([
    [{ kind: "ready" } as const, "arrived whole"],
    [
      { kind: "settling", quietSeconds: 1.2, neededSeconds: 15 } as const,
      "still arriving: unchanged for 1 s of 15 s",
    ],
    [
      { kind: "copying", temporaryName: ".x.A1b2C3" } as const,
      "still being copied: «.x.A1b2C3» has the name of an unfinished file, as given by rsync (put a file QM_READY into the folder if it is whole)",
    ],
    [
      { kind: "copying", temporaryName: "in/data.uploading" } as const,
      "still being copied: «in/data.uploading» has the name of an unfinished file, as given by Unfinished_Names (put a file QM_READY into the folder if it is whole)",
    ],
    [{ kind: "empty" } as const, "an empty folder: waiting for its files"],
    [
      { kind: "unreadable", why: "permission denied (EACCES)" } as const,
      "the manager cannot read it: permission denied (EACCES)",
    ],
    [
      { ...DENIED, denied: { name: "job", owner: "ada", isGroups: true } } as const,
      "the manager cannot read it: permission denied (EACCES): its owner (ada) can share it with the group, in a file manager with all that is in it, or by chmod -R g+rX job",
    ],
    [
      { ...DENIED, part: "job.sh", denied: { name: "my job", isGroups: false } } as const,
      "the manager cannot read «job.sh» in it: permission denied (EACCES): its owner can let everybody read it, in a file manager with all that is in it, or by chmod -R a+rX 'my job'",
    ],
    [
      { kind: "mount_point" } as const,
      "another file system is mounted there, and a mount point cannot be moved: copy what is on it into a folder of the queue, or unmount it (umount)",
    ],
    [
      { kind: "unmovable", user: "qm" } as const,
      "whole; the manager (user qm) may not move it and is about to copy it in",
    ],
    [{ kind: "unseen" } as const, "just seen"],
  ])("%o", (readiness, words) => expect(describeReadiness(readiness)).toBe(words));
});
