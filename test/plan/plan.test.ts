import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionKey, type Carried } from "../../src/plan/action.ts";
import { placesOf, plan, startsInstead } from "../../src/plan/plan.ts";
import type { CopyProgress } from "../../src/plan/snapshot.ts";
import {
  arriving,
  claimed,
  exited,
  info,
  launch,
  planRules,
  rules,
  run,
  running,
  snapshot,
  snapshots,
  told,
  waiting,
} from "./snapshots.ts";

function actionsFor(changes: Parameters<typeof snapshot>[0], changedRules: Partial<typeof rules> = {}) {
  return told(plan(snapshot(changes), { ...rules, ...changedRules }).actions);
}

/** A plan, with the places of those that wait. */
function planned(changes: Parameters<typeof snapshot>[0], changedRules: Partial<typeof rules> = {}) {
  const found = snapshot(changes);
  const allRules = { ...rules, ...changedRules };
  const decided = plan(found, allRules);
  return { ...decided, order: placesOf(found, allRules, decided) };
}

describe("what starts in the place of what has ended", () => {
  const queue = [waiting("next", { place: 1 }), waiting("later", { place: 2 })];
  const runs = [
    run("long", running(), { launch: launch("long", { processors: 3 }) }),
    run("short", exited(0)),
  ];
  const seen = snapshot({ queue, runs });
  const left = runs.slice(0, 1);
  const finished: Carried = { kind: "finish", name: "short", end: "done" };

  it("is the next job that fits, by the same look", () => {
    expect(actionsFor({ queue, runs })).toEqual(["finish short"]);
    expect(told(startsInstead(seen, rules, [finished], left))).toEqual(["start next"]);
  });

  it("is nothing that the pass has acted on already", () => {
    const withdrawn: Carried = { kind: "withdraw", name: "next", end: "refused" };
    expect(told(startsInstead(seen, rules, [finished, withdrawn], left))).toEqual(["start later"]);
  });

  it("is nothing while the queue is paused or the manager is being stopped, or where a run has begun meanwhile", () => {
    expect(startsInstead({ ...seen, paused: true }, rules, [finished], left)).toEqual([]);
    expect(startsInstead(seen, { ...rules, mode: "drain" }, [finished], left)).toEqual([]);
    expect(startsInstead(seen, rules, [finished], [...left, run("begun", claimed())])).toEqual([]);
  });
});

describe("what a pass does about the queue", () => {
  it("claims what fits, in the order in which it is to start", () => {
    const queue = [waiting("later", { place: 2 }), waiting("first", { place: 1 })];
    expect(actionsFor({ queue })).toEqual(["start first", "start later"]);
  });

  it("grants what the job asked for, lowered to all there is", () => {
    const { actions } = plan(
      snapshot({ queue: [waiting("big", { info: info({ processors: 99 }) })] }),
      rules,
    );
    expect(actions).toEqual([{ kind: "start", name: "big", worker: "lab1", processors: 4 }]);
  });

  it("admits a folder that is whole, and no other", () => {
    const queue = [
      arriving("whole", { kind: "ready" }),
      arriving("empty", { kind: "empty" }),
      arriving("new", { kind: "unseen" }),
      arriving("slow", { kind: "settling", quietSeconds: 1, neededSeconds: 2 }),
      arriving("copied", { kind: "copying", temporaryName: "x.part" }),
      arriving("closed", { kind: "unreadable", why: "EACCES" }),
    ];
    expect(actionsFor({ queue })).toEqual(["admit whole"]);
  });

  it("has a folder copied in that it cannot move, once, and takes the copy, before anything else", () => {
    const queue = ["new", "copied", "made"].map((name) =>
      arriving(name, { kind: "unmovable", user: "qm" }, true),
    );
    const copyIns = new Map([
      ["copied", { bytes: 1 }],
      ["made", { bytes: 1, endedSeconds: 2 }],
    ]);
    expect(actionsFor({ queue, copyIns })).toEqual(["copy_in new", "copy_in made"]);
  });

  it("copies in by place, and takes no copy before that of an earlier folder, for up to a second", () => {
    const unmovable = (name: string, place: number) => ({
      ...arriving(name, { kind: "unmovable", user: "qm" }),
      place,
    });
    const queue = [unmovable("run-10", 10), unmovable("run-2", 2), unmovable("run-1", 1)];
    const told = (first: CopyProgress, second: CopyProgress) => {
      const copyIns = new Map([
        ["run-1", first],
        ["run-2", second],
      ]);
      return actionsFor({ queue: queue.slice(1), copyIns });
    };
    expect(actionsFor({ queue })).toEqual(["copy_in run-1", "copy_in run-2", "copy_in run-10"]);
    expect(told({ bytes: 1 }, { bytes: 1, endedSeconds: 0.5 })).toEqual([]);
    expect(told({ bytes: 1 }, { bytes: 1, endedSeconds: 1.1 })).toEqual(["copy_in run-2"]);
    expect(told({ bytes: 1, endedSeconds: 0 }, { bytes: 1, endedSeconds: 0.5 })).toEqual([
      "copy_in run-1",
      "copy_in run-2",
    ]);
    expect(
      actionsFor({
        queue: queue.slice(1),
        copyIns: new Map([["run-2", { bytes: 1, endedSeconds: 0 }]]),
        obstacles: new Map([[actionKey("copy_in", "run-1"), "it cannot be read"]]),
      }),
    ).toEqual(["copy_in run-2"]);
  });

  it("admits a folder in the copying of which its owner makes it movable", () => {
    const queue = [arriving("job", { kind: "ready" })];
    expect(actionsFor({ queue, copyIns: new Map([["job", { bytes: 1 }]]) })).toEqual(["admit job"]);
  });

  it("leaves alone what is no folder", () => {
    expect(actionsFor({ queue: [{ kind: "stray", name: "notes.txt", what: "a file" }] })).toEqual([]);
  });

  it("withdraws a waiting job that somebody asked to kill, and never claims it", () => {
    const queue = [waiting("unwanted", { killRequested: true, topRequested: true })];
    expect(actionsFor({ queue })).toEqual(["withdraw unwanted"]);
  });

  it("withdraws a folder that somebody asked to kill while it arrives, even when it is whole", () => {
    expect(actionsFor({ queue: [arriving("unwanted", { kind: "ready" }, true)] })).toEqual([
      "withdraw unwanted",
    ]);
  });

  it("sends a job to the top that somebody asked for, held or not", () => {
    const queue = [waiting("urgent", { topRequested: true, held: true })];
    expect(actionsFor({ queue })).toEqual(["send_to_top urgent"]);
  });

  it("reassigns a job that somebody asked for before it starts, held or not", () => {
    const moved = waiting("moved", { reassignRequested: true });
    const { actions, order } = planned({
      queue: [moved, waiting("next", { reassignRequested: true, held: true })],
    });
    expect(actions).toEqual([
      { kind: "reassign", name: "moved" },
      { kind: "reassign", name: "next" },
    ]);
    expect(order).toMatchObject([
      { reason: { kind: "obstacle", why: "is being reassigned" } },
      { name: "next" },
    ]);
  });

  it("leaves a held job waiting", () => {
    const { actions, order } = planned({ queue: [waiting("held", { held: true })] });
    expect(actions).toEqual([]);
    expect(order).toMatchObject([{ name: "held", reason: { kind: "held" } }]);
  });

  it("comes to the runs first, then to arrivals and requests, to claims last", () => {
    const actions = actionsFor({
      queue: [waiting("next"), arriving("new", { kind: "ready" })],
      runs: [run("old", exited(0))],
      unrecorded: [{ name: "strange", seenSeconds: 2 }],
    });
    expect(actions).toEqual(["finish old", "put_away_unrecorded strange", "admit new", "start next"]);
  });
});

describe("what keeps jobs from starting", () => {
  const queue = [waiting("job")];

  it.each([
    ["a pause", { paused: true }, {}, "paused"],
    ["too little free disk", { freeBytes: 199e6 }, {}, "low_disk"],
    ["hardly an inode", { inodes: { free: 19, total: 256, needed: 20 } }, {}, "low_inodes"],
    ["a queue not looked through yet", { isLookedThrough: false }, {}, "looking_through"],
    ["draining", {}, { mode: "drain" as const }, "draining"],
    ["stopping with kill", {}, { mode: "kill" as const }, "draining"],
  ])("%s", (_, found, changedRules, gate) => {
    const decided = planned({ queue, ...found }, changedRules);
    expect(decided.actions).toEqual([]);
    expect(decided.gate.kind).toBe(gate);
    expect(decided.order).toMatchObject([{ name: "job", reason: { kind: gate } }]);
  });

  it("exactly Min_Free_Disk is enough", () => {
    expect(actionsFor({ queue, freeBytes: 200e6 })).toEqual(["start job"]);
  });

  it("exactly the inodes needed are enough", () => {
    expect(actionsFor({ queue, inodes: { free: 20, total: 256, needed: 20 } })).toEqual(["start job"]);
  });

  it.each(["paused", "low on disk"])("folders are still admitted, withdrawn and finished while %s", (why) => {
    const closed = why === "paused" ? { paused: true } : { freeBytes: 0 };
    const found = {
      queue: [arriving("new", { kind: "ready" }), waiting("unwanted", { killRequested: true })],
      runs: [run("old", exited(0))],
    };
    expect(actionsFor({ ...found, ...closed })).toEqual(["finish old", "withdraw unwanted", "admit new"]);
  });

  it("an earlier run of the same name that is still being ended", () => {
    const { actions, order } = planned({ queue, runs: [run("job", running())] });
    expect(actions).toEqual([]);
    expect(order).toMatchObject([
      { reason: { kind: "obstacle", why: "its earlier run is still being ended" } },
    ]);
  });

  it("an obstacle of its own, which holds up no other job", () => {
    const obstacles = new Map([[actionKey("start", "job"), "its owner forbids it"]]);
    const { actions, order } = planned({
      queue: [waiting("job"), waiting("other", { place: 2 })],
      obstacles,
    });
    expect(told(actions)).toEqual(["start other"]);
    expect(order).toMatchObject([{ name: "job", reason: { why: "its owner forbids it" } }]);
  });

  it("an obstacle keeps back that one action only", () => {
    const obstacles = new Map([[actionKey("send_to_top", "job"), "read-only"]]);
    expect(actionsFor({ queue: [waiting("job", { topRequested: true })], obstacles })).toEqual(["start job"]);
  });
});

describe("the processors that runs occupy", () => {
  const three = { launch: launch("busy", { processors: 3, info: info({ processors: 3 }) }) };
  const queue = [waiting("wide", { info: info({ processors: 2 }) })];

  it.each([
    ["claimed", claimed()],
    ["running", running()],
    ["ended and not yet accounted for", exited(0)],
  ])("are counted as long as the run is there: %s", (_, state) => {
    const busy = run("busy", state, { ...three, leftProcesses: 1 });
    expect(actionsFor({ queue, runs: [busy] })).not.toContain("start wide");
    expect(actionsFor({ queue })).toContain("start wide");
  });

  it("one job at a time runs where the launch type is blocking", () => {
    const jobs = [waiting("a", { place: 1 }), waiting("b", { place: 2 })];
    expect(actionsFor({ queue: jobs }, { launchType: "blocking" })).toEqual(["start a"]);
    const runs = [run("busy", running())];
    expect(actionsFor({ queue: jobs, runs }, { launchType: "blocking" })).toEqual([]);
  });

  it("come back any moment from a job that has ended, so that nothing may overtake the head for it", () => {
    const limited = info({ processors: 3, timeLimitSeconds: 10_000 });
    const head = waiting("head", { info: info({ processors: 4 }), place: 1 });
    const quick = waiting("quick", { info: info({ timeLimitSeconds: 100 }), place: 2 });
    const busy = { launch: launch("busy", { processors: 3, info: limited }), leftProcesses: 1 };
    const stillRunning = { queue: [head, quick], runs: [run("busy", running(), busy)] };
    expect(actionsFor(stillRunning)).toEqual(["start quick"]);
    const justEnded = { queue: [head, quick], runs: [run("busy", exited(0), busy)] };
    expect(actionsFor(justEnded)).toEqual(["signal busy TERM"]);
  });

  it("count for their owner's share, but not against the job that theirs was allowed to pass", () => {
    const queue = [
      waiting("of ann", { place: 1 }),
      waiting("of bob", { place: 2, info: info({ mailTo: ["bob@lab.org"] }) }),
    ];
    const counted = run("busy", running());
    expect(actionsFor({ queue, runs: [counted] })).toEqual(["start of bob", "start of ann"]);
    const passed = run("busy", running(), { launch: launch("busy", { aheadOf: "of ann" }) });
    expect(actionsFor({ queue, runs: [passed] })).toEqual(["start of ann", "start of bob"]);
  });
});

/** Actions about what has no run. */
const OF_THE_QUEUE = new Set([
  "admit",
  "copy_in",
  "withdraw",
  "send_to_top",
  "reassign",
  "start",
  "put_away_unrecorded",
]);

describe("whatever a pass finds", () => {
  it("decides the same for the same snapshot and the same rules", () => {
    fc.assert(
      fc.property(snapshots, planRules, (found, changedRules) => {
        expect(plan(structuredClone(found), changedRules)).toEqual(plan(found, changedRules));
      }),
    );
  });

  it("does nothing of what failed lately", () => {
    fc.assert(
      fc.property(snapshots, planRules, (found, changedRules) => {
        for (const { kind, name } of plan(found, changedRules).actions) {
          expect(found.obstacles.has(actionKey(kind, name))).toBe(false);
        }
      }),
    );
  });

  it("never claims more processors than are free", () => {
    fc.assert(
      fc.property(snapshots, planRules, (found, changedRules) => {
        const claims = plan(found, changedRules).actions.filter((action) => action.kind === "start");
        for (const { name, processors } of found.workers) {
          const busy = found.runs.filter(({ worker }) => worker === name).map(({ launch }) => launch);
          const claimed = claims.filter(({ worker }) => worker === name);
          const wanted = [...busy, ...claimed].reduce((sum, slot) => sum + slot.processors, 0);
          if (claimed.length > 0) expect(wanted).toBeLessThanOrEqual(processors);
        }
        if (changedRules.launchType === "blocking") {
          expect(claims.length).toBeLessThanOrEqual(found.runs.length > 0 ? 0 : 1);
        }
      }),
    );
  });

  it("claims only what waits, is not held, is wanted and has no run already", () => {
    fc.assert(
      fc.property(snapshots, planRules, (found, changedRules) => {
        const free = new Set(
          found.queue.flatMap((entry) =>
            entry.kind === "waiting" && !entry.held && !entry.killRequested ? [entry.name] : [],
          ),
        );
        for (const { name } of found.runs) free.delete(name);
        for (const action of plan(found, changedRules).actions) {
          if (action.kind === "start") expect(free.delete(action.name)).toBe(true);
        }
      }),
    );
  });

  it("claims nothing unless the queue is open", () => {
    fc.assert(
      fc.property(snapshots, planRules, (found, changedRules) => {
        const decided = plan(found, changedRules);
        if (decided.gate.kind === "open") return;
        expect(decided.actions.filter(({ kind }) => kind === "start")).toEqual([]);
      }),
    );
  });

  it("withdraws every waiting job that somebody asked to kill, unless that failed lately", () => {
    fc.assert(
      fc.property(snapshots, planRules, (found, changedRules) => {
        const { actions } = plan(found, changedRules);
        const unwanted = found.queue.filter((entry) => entry.kind !== "stray" && entry.killRequested);
        const due = unwanted.filter(({ name }) => !found.obstacles.has(actionKey("withdraw", name)));
        expect(actions.filter(({ kind }) => kind === "withdraw").map(({ name }) => name)).toEqual(
          due.map(({ name }) => name),
        );
      }),
    );
  });

  it("does at most one thing about each run", () => {
    fc.assert(
      fc.property(snapshots, planRules, (found, changedRules) => {
        const touched = plan(found, changedRules).actions.flatMap(({ kind, name }) =>
          OF_THE_QUEUE.has(kind) ? [] : [name],
        );
        expect(new Set(touched).size).toBe(touched.length);
      }),
    );
  });
});
