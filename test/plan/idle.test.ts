import { describe, expect, it } from "vitest";
import { explainIdle, idleOn } from "../../src/plan/idle.ts";
import { chooseStarts, orderBehind } from "../../src/plan/schedule.ts";
import { busy, inputOf, LONE, type LoneInput, open, queued, rules, worker } from "./schedule-arbitraries.ts";

const four = { ...rules, maxProcessors: 4 };
const wide = queued("fit-004", 1, { processors: 4 });
const long = busy("x", { timeLimitSeconds: 3600 });

function explained(changes: Partial<LoneInput>): string | undefined {
  const input = inputOf({ waiting: [wide], busy: [long], rules: four, gate: open, nowMs: 1e12, ...changes });
  const { starts, keptFor, reservation } = chooseStarts(input);
  const idle = idleOn(input.workers, [...input.busy, ...starts]);
  return explainIdle(idle, orderBehind(starts, { ...input, keptFor }), reservation);
}

describe("idle processors while jobs wait", () => {
  const patient = { ...four, reserveAfterSeconds: 900 };
  const held = queued("b", 2, { held: true });
  const stuck = queued("c", 3, { obstacle: "its owner forbids it" });

  it.each<[string, Partial<LoneInput>, string | undefined]>([
    [
      "are kept for the head",
      {},
      "3 processors are kept for fit-004, which needs 4; short jobs with a time_limit may go first",
    ],
    [
      "are kept while what runs has no limit, so that none of a job behind helps",
      { busy: [busy("x", { processors: 3 })] },
      "1 processor is kept for fit-004, which needs 4; short jobs with a time_limit may go first where the running jobs have one too",
    ],
    [
      "are left over by those that pass the head",
      { waiting: [wide, queued("short", 2, { timeLimitSeconds: 60 })] },
      "2 processors are kept for fit-004, which needs 4; short jobs with a time_limit may go first",
    ],
    [
      "are too few for any that waits",
      { rules: patient },
      "3 processors are idle: fit-004, which is first in line, needs 4, and no other job that waits fits",
    ],
    [
      "are kept on one of several workers",
      { workers: [worker(LONE, 4), worker("lab2", 2)], busy: [long, busy("y", { worker: "lab2" })] },
      "3 processors of lab1 are kept for fit-004, which needs 4; short jobs with a time_limit may go first",
    ],
    [
      "are those of a worker that runs as many jobs as it may",
      { workers: [worker(LONE, 4, { maxJobs: 1 })] },
      "3 processors are idle: lab1 runs 1 job, no more at a time (Max_Jobs)",
    ],
    [
      "have no job that may run there",
      { workers: [worker(LONE, 4, { onlyNamed: true })], waiting: [wide, queued("b", 2)], busy: [] },
      "4 processors are idle: all 2 jobs that wait cannot be started: no worker takes it: lab1 takes only jobs that name it (Only_Named)",
    ],
    [
      "are on no closed worker",
      { workers: [worker(LONE, 1), worker("lab2", 4, { closed: "paused" })] },
      undefined,
    ],
    [
      "wait for the queue to go on",
      { gate: { kind: "paused" } },
      "3 processors are idle: the queue is paused",
    ],
    [
      "wait for room on the disk",
      { gate: { kind: "low_disk", freeBytes: 1, neededBytes: 2 } },
      "3 processors are idle: the disk is too full for jobs to start",
    ],
    [
      "wait for inodes",
      { gate: { kind: "low_inodes", free: 1, total: 100, needed: 20 } },
      "3 processors are idle: the disk has no room for the files of new jobs",
    ],
    [
      "wait for the first look",
      { gate: { kind: "looking_through" } },
      "3 processors are idle: the manager is looking through the queue",
    ],
    [
      "wait for another manager",
      { gate: { kind: "draining" } },
      "3 processors are idle: the manager is stopping",
    ],
    [
      "are not for a second job",
      { rules: { ...four, launchType: "blocking" } },
      "3 processors are idle: one job runs at a time (launch_type = blocking)",
    ],
    [
      "have nobody but a held job",
      { waiting: [held], busy: [] },
      "4 processors are idle: the one job that waits is held",
    ],
    [
      "have nobody but held jobs",
      { waiting: [held, { ...held, name: "d" }] },
      "3 processors are idle: all 2 jobs that wait are held",
    ],
    [
      "have nobody but a job that cannot be moved",
      { waiting: [stuck] },
      "3 processors are idle: the one job that waits cannot be started: its owner forbids it",
    ],
    [
      "have nobody but jobs that cannot be started, each for its own reason",
      { waiting: [stuck, { ...stuck, name: "d", obstacle: "no space" }] },
      "3 processors are idle: all 2 jobs that wait cannot be started",
    ],
    [
      "have held jobs and others that cannot be started",
      { waiting: [held, stuck] },
      "3 processors are idle: of 2 jobs that wait 1 is held and 1 cannot be started",
    ],
  ])("%s", (_, changes, words) => {
    expect(explained(changes)).toBe(words);
  });

  it.each<[string, Partial<LoneInput>]>([
    ["none is idle", { busy: [busy("x", { processors: 4 })] }],
    ["more run than there are processors", { busy: [busy("x", { processors: 6 })] }],
    ["none waits", { waiting: [] }],
    ["all that wait are just being started", { waiting: [queued("a", 1)] }],
  ])("are not explained where %s", (_, changes) => {
    expect(explained(changes)).toBeUndefined();
  });
});
