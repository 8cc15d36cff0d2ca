import { describe, expect, it } from "vitest";
import type { ChildEnd } from "../../src/job/spread.ts";
import type { Action } from "../../src/plan/action.ts";
import { plan } from "../../src/plan/plan.ts";
import type { Child, Snapshot, Spread } from "../../src/plan/snapshot.ts";
import { worker } from "./schedule-arbitraries.ts";
import { endIntent, info, launch, rules as RULES, snapshot, waiting } from "./snapshots.ts";

const LABS = [worker("lab1", 1), worker("lab2", 4), worker("lab3", 4, { pools: ["night"] })];

function planned(changes: Partial<Snapshot>): readonly Action[] {
  return plan(snapshot({ workers: LABS, ...changes }), RULES).actions;
}

function all(changes: Parameters<typeof info>[0] = {}, rest: Parameters<typeof waiting>[1] = {}) {
  return waiting("all", { info: info({ runOnAll: true, ...changes }), ...rest });
}

function child(at: number, changes: Partial<Child> = {}): Child {
  return { worker: `lab${at}`, name: `all.lab${at}`, isUntroubled: true, missedSeconds: 0, ...changes };
}

function ended(at: number, end: ChildEnd): Child {
  return child(at, { isUntroubled: false, end });
}

function spread(children: readonly Child[], changes: Partial<Spread> = {}): Spread {
  return {
    name: "all",
    launch: { ...launch("all"), version: 2, processors: 0, spread: children.map((each) => each.worker) },
    verified: true,
    folderPresent: true,
    missedSeconds: 0,
    killRequested: false,
    children,
    ...changes,
  };
}

const DONE: ChildEnd = { state: "done", reason: "the command ended with exit code 0", exitCode: 0 };
const FAILED: ChildEnd = { state: "failed", reason: "exit code 3", exitCode: 3 };

describe("a waiting job that runs on all workers", () => {
  it("is put on each that fits and is open, whatever is free there, and never started itself", () => {
    expect(planned({ queue: [all()] })).toEqual([
      { kind: "spread", name: "all", workers: ["lab1", "lab2", "lab3"] },
    ]);
    expect(planned({ queue: [all({ pool: "night" })] })).toEqual([
      { kind: "spread", name: "all", workers: ["lab3"] },
    ]);
    const [first, ...others] = LABS;
    const paused = { ...first, name: "lab1", closed: "paused" } as (typeof LABS)[number];
    expect(planned({ queue: [all()], workers: [paused, ...others] })).toEqual([
      { kind: "spread", name: "all", workers: ["lab2", "lab3"] },
    ]);
  });

  it.each<[string, Partial<Snapshot>]>([
    ["is held", { queue: [all({}, { held: true })] }],
    ["fits nowhere", { queue: [all({ pool: "none" })] }],
    [
      "may fit a worker that was not heard of yet",
      {
        queue: [all()],
        workers: [...LABS, worker("lab4", 1, { hearing: "awaited", closed: "not heard of" })],
      },
    ],
    ["comes while the queue is paused", { queue: [all()], paused: true }],
    ["has an earlier run", { queue: [all()], spreads: [spread([child(1)])] }],
  ])("waits while it %s", (_why, changes) => {
    expect(planned(changes)).toEqual([]);
  });

  it("does not delay others", () => {
    const actions = planned({ queue: [all({ pool: "none" }), waiting("other", { place: 2 })] });
    expect(actions).toMatchObject([{ kind: "start", name: "other" }]);
  });
});

describe("a job that is on all workers", () => {
  it.each<[string, Spread, Action | undefined]>([
    [
      "is looked at once more first",
      spread([child(1, { name: undefined })], { verified: false }),
      { kind: "tend_spread", name: "all", step: "verify" },
    ],
    [
      "has its children made",
      spread([child(1), child(2, { name: undefined, isUntroubled: false })]),
      { kind: "tend_spread", name: "all", step: "make_child" },
    ],
    ["waits while one of them goes on", spread([ended(1, DONE), child(2)]), undefined],
    [
      "ends with the last of them",
      spread([ended(1, DONE), ended(2, FAILED)]),
      {
        kind: "finish_spread",
        name: "all",
        children: [
          { name: "all.lab1", end: DONE },
          { name: "all.lab2", end: FAILED },
        ],
      },
    ],
    [
      "is ended when somebody asks for it",
      spread([child(1)], { killRequested: true }),
      { kind: "end_spread", name: "all" },
    ],
    [
      "has its children killed then",
      spread([ended(1, DONE), child(2)], { end: endIntent("killed") }),
      { kind: "tend_spread", name: "all", step: "kill_children" },
    ],
    [
      "waits for those that are being killed",
      spread([child(1, { isUntroubled: false })], { end: endIntent("killed") }),
      undefined,
    ],
    ["is missed for a moment", spread([child(1)], { folderPresent: false }), undefined],
    [
      "is ended when its folder was taken away",
      spread([child(1)], { folderPresent: false, missedSeconds: 10 }),
      { kind: "end_spread", name: "all", by: "whoever took its folder out of QM_Jobs" },
    ],
    [
      "is forgotten where its claim failed",
      spread([child(1, { name: undefined })], { folderPresent: false, missedSeconds: 10, verified: false }),
      { kind: "tend_spread", name: "all", step: "abandon" },
    ],
    [
      "misses a child for a moment",
      spread([child(1, { isUntroubled: false, missedSeconds: 0.5 })]),
      undefined,
    ],
  ])("%s", (_what, found, action) => {
    expect(planned({ spreads: [found] })).toEqual(action === undefined ? [] : [action]);
  });

  it("has no child made after its end was decided, and is then killed", () => {
    const killed = { end: endIntent("killed") };
    expect(
      planned({ spreads: [spread([child(1, { name: undefined, isUntroubled: false })], killed)] }),
    ).toMatchObject([{ kind: "finish_spread", children: [{ name: "lab1", end: { state: "killed" } }] }]);
  });

  it("counts a child that is nowhere as lost, once the whole queue was looked at", () => {
    const spreads = [spread([child(1, { isUntroubled: false, missedSeconds: 10 })])];
    expect(planned({ spreads })).toMatchObject([
      { kind: "finish_spread", children: [{ end: { state: "lost" } }] },
    ]);
    expect(planned({ spreads, isLookedThrough: false })).toEqual([]);
  });

  it("is accounted for before its folder, should somebody have renamed that in QM_Jobs", () => {
    const missed = spread([child(1)], { folderPresent: false });
    const unrecorded = [{ name: "other", seenSeconds: 10, runId: missed.launch.runId }];
    expect(planned({ spreads: [missed], unrecorded })).toEqual([]);
    expect(planned({ spreads: [], unrecorded })).toMatchObject([{ kind: "put_away_unrecorded" }]);
  });

  it("takes no processors, and does not keep a blocking queue from starting", () => {
    const rules = { ...RULES, launchType: "blocking" as const };
    const seen = snapshot({ workers: LABS, spreads: [spread([child(1)])], queue: [waiting("all.lab1")] });
    expect(plan(seen, rules).actions).toMatchObject([{ kind: "start", name: "all.lab1" }]);
  });
});
