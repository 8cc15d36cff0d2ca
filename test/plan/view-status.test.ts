import { describe, expect, it } from "vitest";
import type { Job } from "../../src/job/job.ts";
import { parseStatus } from "../../src/job/published-status.ts";
import { ACTION_KINDS, type Action, actionKey } from "../../src/plan/action.ts";
import { placesOf, plan } from "../../src/plan/plan.ts";
import type { PlanRules } from "../../src/plan/schedule-input.ts";
import type { Run, Snapshot } from "../../src/plan/snapshot.ts";
import { describeStuck, viewStatus } from "../../src/plan/view-status.ts";
import { viewWorkers } from "../../src/plan/view-workers.ts";
import {
  arriving,
  claimed,
  endIntent,
  exited,
  info,
  launch,
  rules,
  run,
  running,
  snapshot,
  vanished,
  waiting,
} from "./snapshots.ts";

function viewOf(changes: Partial<Snapshot>, changedRules: Partial<PlanRules> = {}) {
  const found = snapshot(changes);
  const allRules = { ...rules, ...changedRules };
  const decided = plan(found, allRules);
  return viewStatus(found, decided, placesOf(found, allRules, decided));
}

const endUnwritten = running(60, { endUnwritten: true });

function obstacle(kind: Action["kind"], name: string, why = "its owner forbids it") {
  return { obstacles: new Map([[actionKey(kind, name), why]]) };
}

describe("a folder that arrives", () => {
  it("is shown with its size so far and what it lacks", () => {
    expect(viewOf({ queue: [arriving("new", { kind: "empty" })] }).arriving).toEqual([
      {
        name: "new",
        state: "arriving",
        bytes: 1000,
        files: 2,
        reason: "an empty folder: waiting for its files",
      },
    ]);
  });

  it.each([
    [{ bytes: undefined }, "is copied in next, as the manager may not move it"],
    [{ bytes: 400 }, "is being copied in, as the manager may not move it: 400 bytes of 1.0 kB"],
    [{ bytes: 1000, endedSeconds: 0 }, "has been copied in, as the manager may not move it"],
  ])("tell how far the manager has come with copying a folder in: %o", (progress, reason) => {
    const found = {
      queue: [arriving("new", { kind: "unmovable", user: "qm" })],
      copyIns: new Map([["new", progress]]),
    };
    expect(viewOf(found).arriving).toMatchObject([{ reason }]);
    expect(viewOf({ ...found, ...obstacle("copy_in", "new") }).arriving).toMatchObject([
      { reason: "its owner forbids it" },
    ]);
  });

  it.each([
    ["unreadable", { kind: "unreadable", why: "EACCES" }, {}],
    ["a mount point", { kind: "mount_point" }, {}],
    ["not to be copied in", { kind: "unmovable", user: "qm" }, obstacle("copy_in", "new")],
  ] as const)("is stuck where waiting alone does not help: %s", (_, readiness, why) => {
    expect(viewOf({ queue: [arriving("new", readiness)], ...why }).arriving).toMatchObject([{ stuck: true }]);
    const whole = { queue: [arriving("new", { kind: "unmovable", user: "qm" })] };
    expect(viewOf(whole).arriving[0]).not.toHaveProperty("stuck");
  });

  it.each(["admit", "withdraw"] as const)("is shown with why the last try failed: %s", (kind) => {
    const found = { queue: [arriving("new", { kind: "ready" })], ...obstacle(kind, "new") };
    expect(viewOf(found).arriving).toMatchObject([{ reason: "its owner forbids it" }]);
  });
});

describe("a waiting job", () => {
  const closed = { paused: true };

  it("is shown with what it asks for, its place and why it waits", () => {
    const job = waiting("job", { info: info({ processors: 4, priority: 2 }) });
    expect(viewOf({ queue: [job], runs: [run("busy", running())] }).waiting).toEqual([
      {
        name: "job",
        state: "waiting",
        owner: "ann@lab.org",
        description: "a sweep",
        processors: 4,
        priority: 2,
        bytes: 1000,
        queuedAt: "2026-11-22T09:00:00.000Z",
        rank: 1,
        held: false,
        reason: "first in line: needs 4 processors, 3 are free",
      },
    ]);
  });

  it("is shown in the order in which it will start", () => {
    const queue = [waiting("b", { place: 2 }), waiting("a", { place: 1 }), waiting("c", { place: 3 })];
    const names = viewOf({ queue, ...closed }).waiting.map(({ name, rank }) => `${rank} ${name}`);
    expect(names).toEqual(["1 a", "2 b", "3 c"]);
  });

  it("is shown with when it will start, in whole seconds, where limits tell", () => {
    const busy = run("busy", running(59.4), {
      launch: launch("busy", { processors: 4, info: info({ timeLimitSeconds: 100 }) }),
    });
    expect(viewOf({ queue: [waiting("job")], runs: [busy] }).waiting).toMatchObject([
      { expectedStartSeconds: 41 },
    ]);
  });

  it("is shown as held", () => {
    expect(viewOf({ queue: [waiting("job", { held: true })] }).waiting).toMatchObject([
      { held: true, reason: "held: take away the file QM_HOLD to release it, or use `qm release`" },
    ]);
  });

  it("is shown with why it cannot be claimed", () => {
    expect(viewOf({ queue: [waiting("job")], ...obstacle("start", "job") }).waiting).toMatchObject([
      { reason: "its owner forbids it" },
    ]);
  });

  it("keeps its reason to wait though it cannot be sent to the top", () => {
    const found = {
      queue: [waiting("job", { held: true, topRequested: true })],
      ...obstacle("send_to_top", "job"),
    };
    expect(viewOf(found).waiting).toMatchObject([
      { reason: "held: take away the file QM_HOLD to release it, or use `qm release`" },
    ]);
  });

  it("is still shown when somebody wants it killed and it cannot be moved", () => {
    const found = { queue: [waiting("job", { killRequested: true })], ...obstacle("withdraw", "job") };
    expect(viewOf(found).waiting).toMatchObject([{ name: "job", reason: "its owner forbids it" }]);
  });

  it("is first of its line while others are being started, which are in no line any more", () => {
    const queue = [waiting("now"), waiting("large", { place: 2, info: info({ processors: 4 }) })];
    const places = viewOf({ queue }).waiting.map(({ name, rank, reason }) => `${rank} ${name}: ${reason}`);
    expect(places).toEqual([
      "0 now: is being started",
      "1 large: first in line: needs 4 processors, 3 are free",
    ]);
  });

  it("is shown behind the line with why it could not be started just now", () => {
    const queue = [waiting("stuck"), waiting("large", { place: 2, info: info({ processors: 4 }) })];
    const before = snapshot({ queue });
    const decided = plan(before, rules);
    const found = snapshot({ queue, ...obstacle("start", "stuck") });
    const places = viewStatus(found, decided, placesOf(before, rules, decided)).waiting.map(
      ({ name, rank, reason }) => `${rank} ${name}: ${reason}`,
    );
    expect(places).toEqual([
      "1 large: first in line: needs 4 processors, 3 are free",
      "2 stuck: its owner forbids it",
    ]);
  });

  it("is still shown in the pass that starts it", () => {
    const view = viewOf({ queue: [waiting("job")] });
    expect([...view.waiting, ...view.running].map(({ name }) => name)).toEqual(["job"]);
  });
});

describe("a claimed or running job", () => {
  it("is shown with what it was given", () => {
    const busy = run("job", running(), {
      launch: launch("job", {
        processors: 2,
        processorIds: [0, 1],
        attempt: 3,
        info: info({ timeLimitSeconds: 60 }),
      }),
    });
    expect(viewOf({ runs: [busy] }).running).toEqual([
      {
        name: "job",
        runId: "run of job",
        attempt: 3,
        owner: "ann@lab.org",
        description: "a sweep",
        processors: 2,
        processorIds: [0, 1],
        state: "running",
        queuedAt: "2026-11-22T09:00:00.000Z",
        startedAt: "2026-11-22T09:00:31.000Z",
        timeLimitSeconds: 60,
        expectedEndSeconds: 0,
      },
    ]);
  });

  it.each<[string, Run, string]>([
    ["claimed", run("job", claimed()), "starting"],
    ["running", run("job", running()), "running"],
    ["running, its end decided on", run("job", running(), { end: endIntent("killed") }), "ending"],
    ["ended and not accounted for", run("job", exited(0)), "ending"],
    ["ended, which cannot be written down", run("job", endUnwritten), "ending"],
    ["vanished", run("job", vanished), "ending"],
  ])("is shown in its state: %s", (_, found, state) => {
    expect(viewOf({ runs: [found] }).running).toMatchObject([{ state }]);
  });

  it("has no start time before its supervisor has started", () => {
    expect(viewOf({ runs: [run("job", claimed())] }).running[0]).not.toHaveProperty("startedAt");
  });

  it.each(ACTION_KINDS.filter((kind) => kind !== "send_to_top"))(
    "is shown with why the last try failed: %s",
    (kind) => {
      const found = { runs: [run("job", running())], ...obstacle(kind, "job", "the disk is full") };
      expect(viewOf(found).running).toMatchObject([{ note: "the disk is full" }]);
    },
  );
});

describe("a job that has ended and is not accounted for", () => {
  it.each([
    ["exited", exited(0)],
    ["vanished", vanished],
  ] as const)("tells why: %s", (_, state) => {
    const why = "its end cannot be written down: the disk is full (ENOSPC)";
    const view = viewOf({ runs: [run("job", state)], ...obstacle("finish", "job", why) });
    expect(view.running).toMatchObject([{ note: `has ended, but ${why}` }]);
  });

  it.each([
    ["no byte free", { freeBytes: 0 }, "no space left on the disk"],
    [
      "no inode free",
      { inodes: { free: 0, total: 65536, needed: 656 } },
      "no room for new files (inodes): 0 of 65,536 left",
    ],
    ["both free", { freeBytes: 1e12 }, "its supervisor cannot write into .qm"],
  ])("tells why its supervisor still lives, with %s", (_, room, why) => {
    expect(viewOf({ runs: [run("job", endUnwritten)], ...room }).running).toMatchObject([
      { note: `has ended, but its end cannot be written down: ${why}` },
    ]);
  });
});

it("shows what is no job, with what to do about it", () => {
  const queue = [{ kind: "stray" as const, name: "notes.txt", what: "a file" }];
  expect(viewOf({ queue }).strays).toEqual([
    { name: "notes.txt", reason: "it is a file: a job is a folder; put it into one and copy that" },
  ]);
});

describe("a queue that starts nothing", () => {
  it.each([
    [
      "paused",
      { paused: true },
      {},
      "the queue is paused: take away the file QM_PAUSE to go on, or use `qm resume`",
    ],
    ["low on disk", { freeBytes: 1e6 }, {}, "low disk: 1 MB free, 200 MB needed"],
    [
      "low on inodes",
      { inodes: { free: 12, total: 65536, needed: 656 } },
      {},
      "no room for new files (inodes): 12 of 65,536 left, 656 needed; delete small files",
    ],
    [
      "draining",
      {},
      { mode: "drain" as const },
      "the manager is stopping: no job starts until it is started again",
    ],
  ])("tells why: %s", (_, found, changedRules, closed) => {
    expect(viewOf(found, changedRules).closed).toBe(closed);
  });

  it("is told apart from one that is open", () => {
    expect(viewOf({})).toEqual({ arriving: [], waiting: [], running: [], strays: [], paused: false });
  });

  it("is paused though something else keeps it closed too", () => {
    expect(viewOf({ paused: true }, { mode: "drain" }).paused).toBe(true);
  });
});

describe("the published status", () => {
  const facts = {
    version: 2,
    worker: "lab-1",
    host: "lab-1.local",
    pid: 4711,
    bootId: "boot",
    startTicks: "12345",
    startedAt: "2026-11-22T08:00:00.000Z",
    qmFolder: "/srv/qm",
    processors: { max: 4, busy: 1 },
    workers: viewWorkers(snapshot({ runs: [run("busy", running())] })),
    launchType: "non-blocking",
    disk: { freeBytes: 1e12, neededBytes: 2e8 },
    notices: ["the manager runs as root, and so do all jobs"],
    passMs: 12.5,
  };
  const view = viewOf({
    queue: [waiting("held", { held: true }), arriving("new", { kind: "empty" })],
    runs: [run("busy", running())],
    paused: true,
  });

  it("is read back as it was written", () => {
    expect(parseStatus(JSON.stringify({ ...facts, ...view }))).toEqual({ ...facts, ...view });
  });

  it("of an older manager, whose jobs have no state but their phase where they run, is read", () => {
    const phased = view.running.map(({ state: phase, ...job }) => ({ ...job, phase }));
    const stateless = ({ state: _state, ...job }: Job) => job;
    const old = {
      ...view,
      version: 1,
      arriving: view.arriving.map(stateless),
      waiting: view.waiting.map(stateless),
      running: phased,
    };
    const text = JSON.stringify({ ...facts, ...old });
    expect(parseStatus(text)).toEqual({ ...facts, ...view });
  });

  it.each([
    ["torn", JSON.stringify({ ...facts, ...view }).slice(0, 100)],
    ["of another version", JSON.stringify({ ...facts, ...view, version: 3 })],
    ["without its lists", JSON.stringify(facts)],
  ])("is none where the text is %s", (_, text) => expect(parseStatus(text)).toBeUndefined());
});

describe("a folder in QM_Jobs of which no record tells", () => {
  const unrecorded = [{ name: "alien", seenSeconds: 2 }];

  it("is told of where it cannot be put away, with the reason", () => {
    expect(describeStuck(snapshot({ unrecorded, ...obstacle("put_away_unrecorded", "alien") }))).toEqual([
      "alien in QM_Jobs does not run and cannot be put away: its owner forbids it",
    ]);
  });

  it("is not told of while nothing keeps it there", () => {
    expect(describeStuck(snapshot({ unrecorded, ...obstacle("put_away_unrecorded", "another") }))).toEqual(
      [],
    );
  });
});
