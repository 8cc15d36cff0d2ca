import { describe, expect, it } from "vitest";
import { audit } from "./audit.ts";
import { healthyEvidence, ID, letterTo, lineOf, start } from "./audit-fixture.ts";
import type { Evidence } from "./evidence.ts";
import { auditGrowth, growthOf, type Sample } from "./growth.ts";

type Changed = Partial<Evidence>;

/** A fault, the way in which evidence shows it, and a part of the audit's words. */
const DISCREPANCIES: readonly (readonly [string, (healthy: Evidence) => Changed, string])[] = [
  [
    "a job that is gone",
    (at) => ({ folders: at.folders.filter(({ id }) => id !== ID.done) }),
    "lies in 0 folders",
  ],
  [
    "a job in two folders",
    (at) => ({ folders: [...at.folders, ...at.folders.filter(({ id }) => id === ID.done)] }),
    "lies in 2 folders",
  ],
  [
    "a deleted job that is still there",
    (at) => ({ jobs: at.jobs.map((job) => (job.id === ID.done ? { ...job, deletedAfter: "run-1" } : job)) }),
    "lies in 1 folders instead of 0",
  ],
  [
    "a job that nobody delivered",
    (at) => ({
      folders: at.folders.map((folder) => (folder.id === ID.done ? { ...folder, id: 99 } : folder)),
    }),
    "nobody delivered 99",
  ],
  [
    "a job that never came to rest",
    (at) => ({
      folders: at.folders.map((folder) => (folder.id === ID.done ? { ...folder, stage: "queue" } : folder)),
    }),
    "is done and lies in queue/run @1@",
  ],
  [
    "a lost job among the finished",
    (at) => ({
      folders: at.folders.map((folder) =>
        folder.id === ID.lost ? { ...folder, stage: "finished" } : folder,
      ),
    }),
    "is lost and lies in finished",
  ],
  [
    "a folder without a record",
    (at) => ({
      folders: at.folders.map((folder) =>
        folder.id === ID.done ? { ...folder, record: undefined } : folder,
      ),
    }),
    "has no record in its folder",
  ],
  [
    "a folder that tells another end than the history",
    (at) => ({
      folders: at.folders.map((folder) =>
        folder.id === ID.done ? { ...folder, record: lineOf(ID.done, "run-1", "killed") } : folder,
      ),
    }),
    "is killed in its folder, done in the history",
  ],
  [
    "a request that went along",
    (at) => ({ folders: at.folders.map((folder) => ({ ...folder, requests: ["QM_KILL"] })) }),
    "QM_KILL lies in finished/run @1@",
  ],
  ["an end without its line", (at) => without(at, "run-1"), "has no line in the history"],
  [
    "an end with two lines",
    (at) => ({ history: [...at.history, ...at.history.filter(({ runId }) => runId === "run-1")] }),
    "more than one line in the history: run run-1, 2 times",
  ],
  ["a line that is no record", () => ({ strangeLines: ["{half"] }), "has a line that is no record: {half"],
  [
    "a run that nobody asked for",
    (at) => ({ jobs: at.jobs.map((job) => ({ ...job, redone: [] })) }),
    "ran again after run-2a though nobody asked for it",
  ],
  [
    "a redo that came to nothing",
    (at) => ({ jobs: at.jobs.map((job) => (job.id === ID.done ? { ...job, redone: ["run-1"] } : job)) }),
    "and no more is told",
  ],
  [
    "a redone run that the history forgot",
    (at) => without(at, "run-2a"),
    "was redone after run-2a, of which the history tells nothing",
  ],
  [
    "a run that started twice",
    (at) => ({ told: [...at.told, start(ID.done, "run-1", 5)] }),
    "more than once: run run-1",
  ],
  [
    "an attempt that ran as two runs",
    (at) => ({ told: [...at.told, start(ID.done, "run-x", 5)] }),
    "more than once: attempt 1.1",
  ],
  [
    "a run that the history does not know",
    (at) => ({ told: [...at.told, { ...start(ID.done, "run-x", 5), attempt: 2 }] }),
    "run run-x of job 1 started, and the history does not know it",
  ],
  [
    "a run of one job that counts as another one's",
    (at) => ({ told: [...at.told, { ...start(ID.done, "run-9", 5), attempt: 2 }] }),
    "is called failed (run run-9), but it was job 1 that ran",
  ],
  [
    "done, never started",
    (at) => ({ told: at.told.filter(({ id }) => id !== ID.done) }),
    "is called done (run run-1), but it never started",
  ],
  [
    "done, never at its end",
    (at) => ({ told: at.told.filter(({ id, word }) => id !== ID.done || word === "start") }),
    "is called done (run run-1), but it never came to its end",
  ],
  [
    "done, but failed",
    (at) => called(at, "run-2b", "done", 0),
    "is called done (run run-2b), but it ends with 3",
  ],
  [
    "failed, but done",
    (at) => called(at, "run-1", "failed", 1),
    "is called failed (run run-1), but it ends with 0",
  ],
  ["the wrong exit code", (at) => called(at, "run-2b", "failed", 4), "but it ends with 3, not 4"],
  ["killed, unasked", (at) => called(at, "run-1", "killed"), "but nobody asked for it"],
  [
    "timed out without a limit",
    (at) => called(at, "run-1", "timed_out"),
    "it has no limit that could strike",
  ],
  ["lost, its supervisor alive", (at) => called(at, "run-1", "lost"), "its supervisor was never killed"],
  ["invalid, but sound", (at) => called(at, "run-1", "invalid"), "but it started"],
  ["still running", (at) => called(at, "run-1", "running"), "but that is no end"],
  [
    "a missing letter",
    (at) => ({ letters: at.letters.filter(({ to }) => to[0] !== `job${ID.done}@lab.org`) }),
    "has 0 letters about «done» instead of 1",
  ],
  [
    "a record that forgot whom to tell",
    (at) => ({
      history: at.history.map((line) => (line.runId === "run-1" ? { ...line, mailTo: [] } : line)),
    }),
    "has lost its addresses in the record of run-1",
  ],
  [
    "two letters about one end",
    (at) => ({ letters: [...at.letters, letterTo(ID.done, "done", "<another>")] }),
    "has 2 letters about «done» instead of 1",
  ],
  [
    "a letter about what never was",
    (at) => ({ letters: [...at.letters, letterTo(ID.done, "killed", "<another>")] }),
    "has 1 letters about «killed» instead of 0",
  ],
  [
    "a letter that was neither delivered nor kept",
    () => ({ refusedLetters: [] }),
    "has 0 refused letters about «done» instead of 1",
  ],
  [
    "two letters about one start",
    (at) => ({
      letters: [...at.letters, letterTo(ID.done, "started", "<a>"), letterTo(ID.done, "started", "<b>")],
    }),
    "has 2 letters about 1 starts",
  ],
  [
    "a loss of which nobody tells the operator",
    (at) => ({ letters: at.letters.filter(({ to }) => to[0] !== "admin@lab.org") }),
    "admin@lab.org has 0 letters about «lost» instead of 1",
  ],
  [
    "a letter about another job",
    (at) => ({ letters: at.letters.map((letter) => ({ ...letter, job: "another one" })) }),
    "is about another one, which the history does not know",
  ],
  [
    "too many processors",
    () => ({ allowed: [{ sinceUptimeSeconds: 0, processors: 1 }] }),
    "2 processors in use, 1 allowed, when job 8 started (1, 8)",
  ],
  ["anything left over", () => ({ leftovers: ["the attempt a.1"] }), "left over: the attempt a.1"],
];

describe("the audit", () => {
  it("finds nothing where all is accounted for", () => {
    expect(audit(healthyEvidence())).toEqual([]);
  });

  it.each(DISCREPANCIES)("finds %s", (_, change, said) => {
    const healthy = healthyEvidence();
    expect(audit({ ...healthy, ...change(healthy) }).join("\n")).toContain(said);
  });

  it("takes a letter that came twice for one", () => {
    const healthy = healthyEvidence();
    expect(audit({ ...healthy, letters: [...healthy.letters, ...healthy.letters] })).toEqual([]);
  });

  it("lets jobs that were claimed before the limit fell go on", () => {
    const allowed = [
      { sinceUptimeSeconds: 0, processors: 4 },
      { sinceUptimeSeconds: 1.5, processors: 1 },
    ];
    expect(audit({ ...healthyEvidence(), allowed })).toEqual([]);
    const longAgo = allowed.map((one) => ({ ...one, sinceUptimeSeconds: one.sinceUptimeSeconds - 60 }));
    expect(audit({ ...healthyEvidence(), allowed: longAgo })).toHaveLength(1);
  });

  it("counts the processors of a job without an end of its own until its record's end", () => {
    const healthy = healthyEvidence();
    const told = healthy.told.filter(({ id, word }) => id !== ID.done || word === "start");
    const allowed = [{ sinceUptimeSeconds: 0, processors: 1 }];
    expect(audit({ ...healthy, told, allowed }).join("\n")).toContain("when job 8 started (1, 8)");
  });
});

describe("growth", () => {
  const life = (ownBytes: (at: number) => number, handles: (at: number) => number = () => 20): Sample[] =>
    Array.from({ length: 60 }, (_, at) => ({
      atMs: at,
      ownBytes: ownBytes(at),
      residentBytes: 0,
      handles: handles(at),
    }));

  it("is none where memory goes up and down", () => {
    expect(auditGrowth("it", growthOf(life((at) => (60 + (at % 9)) * 2 ** 20)))).toEqual([]);
  });

  it("does not count the warm-up", () => {
    expect(auditGrowth("it", growthOf(life((at) => Math.min(at, 15) * 2 ** 24)))).toEqual([]);
  });

  it("is seen in memory and in handles", () => {
    expect(auditGrowth("it", growthOf(life((at) => at * 2 ** 21)))).toEqual(["it has grown by 60.0 MiB"]);
    const handles = life(
      () => 0,
      (at) => 20 + Math.floor(at / 5),
    );
    expect(auditGrowth("it", growthOf(handles))).toEqual(["it holds 30 handles instead of 24"]);
  });

  it("cannot be told of a short life", () => {
    expect(auditGrowth("it", growthOf(life(() => 0).slice(0, 10)))).toEqual([
      "it did not live long enough to tell whether it grows",
    ]);
  });
});

function called(at: Evidence, run: string, state: Parameters<typeof lineOf>[2], exitCode?: number): Changed {
  const change = <T extends { runId: string }>(line: T) =>
    line.runId === run ? { ...line, state, ...(exitCode === undefined ? {} : { exitCode }) } : line;
  return { history: at.history.map(change) };
}

function without(at: Evidence, run: string): Changed {
  return { history: at.history.filter(({ runId }) => runId !== run) };
}
