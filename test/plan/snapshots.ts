import fc from "fast-check";
import type { JobInfo } from "../../src/job/job-info.ts";
import type { EndIntent, Launch } from "../../src/job/launch.ts";
import { ACTION_KINDS, type Action, actionKey } from "../../src/plan/action.ts";
import type { PlanRules } from "../../src/plan/schedule-input.ts";
import type { Readiness } from "../../src/plan/settle.ts";
import type { Arriving, QueueEntry, Run, RunState, Snapshot, Waiting } from "../../src/plan/snapshot.ts";

import { LONE, worker } from "./schedule-arbitraries.ts";

export const ADMITTED_AT_MS = Date.parse("2026-11-22T09:00:00.000Z");
export const CLAIMED_AT_MS = Date.parse("2026-11-22T09:00:30.000Z");
export const STARTED_AT_MS = Date.parse("2026-11-22T09:00:31.000Z");
export const ENDED_AT_MS = Date.parse("2026-11-22T09:10:31.000Z");

export const rules: PlanRules = {
  launchType: "non-blocking",
  fairShare: true,
  reserveAfterSeconds: 0,
  minFreeDiskBytes: 200e6,
  killGraceSeconds: 10,
  pollSeconds: 2,
  mode: "run",
};

export function info(changes: Partial<JobInfo> = {}): JobInfo {
  return {
    infoFile: "proc_config.cfg",
    script: "sh run.sh",
    processors: 1,
    mailTo: ["ann@lab.org"],
    description: "a sweep",
    priority: 0,
    mailOn: ["end"],
    ...changes,
  };
}

export function launch(name: string, changes: Partial<Launch> = {}): Launch {
  return {
    version: 1,
    name,
    attempt: 1,
    runId: `run of ${name}`,
    bootId: "boot",
    processors: 1,
    info: info(),
    fingerprint: "whole",
    admittedAtMs: ADMITTED_AT_MS,
    place: 1,
    sentToTop: false,
    claimedAtMs: CLAIMED_AT_MS,
    ...changes,
  };
}

export function claimed(
  changes: Partial<Extract<RunState, { kind: "claimed" }>> = {},
): Extract<RunState, { kind: "claimed" }> {
  return {
    kind: "claimed",
    verified: true,
    shimPending: false,
    start: "none",
    ...changes,
  };
}

export function running(
  elapsedSeconds = 60,
  changes: Partial<Pick<Extract<RunState, { kind: "running" }>, "endUnwritten" | "supervisorStopped">> = {},
): RunState {
  return {
    kind: "running",
    elapsedSeconds,
    startedAtMs: STARTED_AT_MS,
    endUnwritten: false,
    supervisorStopped: false,
    ...changes,
  };
}

export function exited(
  exitCode: number,
  changes: {
    readonly signal?: string;
    readonly cpuSeconds?: number;
    readonly endedAtUptimeSeconds?: number;
  } = {},
): RunState {
  return {
    kind: "exited",
    startedAtMs: STARTED_AT_MS,
    endedAtMs: ENDED_AT_MS,
    ranSeconds: 600,
    exitCode,
    ...changes,
  };
}

export const vanished: RunState = { kind: "vanished", startedAtMs: STARTED_AT_MS };

export function endIntent(kind: EndIntent["kind"], by = "ann"): EndIntent {
  return { version: 1, kind, by, bootId: "boot", atUptimeSeconds: 1000 };
}

export function run(name: string, state: RunState, changes: Partial<Run> = {}): Run {
  return {
    name,
    worker: LONE,
    launch: launch(name),
    state,
    folderPresent: true,
    missedSeconds: 0,
    killRequested: false,
    lossRequested: false,
    leftProcesses: 0,
    ...changes,
  };
}

export function waiting(name: string, changes: Partial<Waiting> = {}): Waiting {
  return {
    kind: "waiting",
    name,
    info: info(),
    place: 1,
    sentToTop: false,
    admittedAtMs: ADMITTED_AT_MS,
    bytes: 1000,
    files: 2,
    held: false,
    killRequested: false,
    topRequested: false,
    reassignRequested: false,
    ...changes,
  };
}

export function arriving(name: string, readiness: Readiness, killRequested = false): Arriving {
  return { kind: "arriving", name, bytes: 1000, files: 2, readiness, killRequested };
}

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    queue: [],
    runs: [],
    spreads: [],
    unrecorded: [],
    paused: false,
    freeBytes: 1e12,
    obstacles: new Map(),
    nowMs: CLAIMED_AT_MS,
    copyIns: new Map(),
    isLookedThrough: true,
    keptFor: undefined,
    workers: [worker(LONE, 4)],
    ...changes,
  };
}

/** Actions in few words: `claim a`, `signal a KILL`. */
export function told(actions: readonly Action[]): string[] {
  return actions.map((action) => {
    const signal = action.kind === "signal" ? ` ${action.signal}` : "";
    return `${action.kind} ${action.name}${signal}`;
  });
}

const limits = fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined });

const infos = fc
  .record({
    owner: fc.constantFrom("ann@lab.org", "bob@lab.org"),
    processors: fc.integer({ min: 1, max: 6 }),
    priority: fc.integer({ min: -1, max: 1 }),
    limit: limits,
  })
  .map(({ owner, limit, ...rest }) =>
    info({ ...rest, mailTo: [owner], ...(limit === undefined ? {} : { timeLimitSeconds: limit }) }),
  );

const readinesses = fc.constantFrom<Readiness>(
  { kind: "ready" },
  { kind: "empty" },
  { kind: "unseen" },
  { kind: "settling", quietSeconds: 1, neededSeconds: 2 },
);

const entries: fc.Arbitrary<QueueEntry> = fc.oneof(
  fc
    .record({
      info: infos,
      place: fc.integer({ min: -2, max: 5 }),
      sentToTop: fc.boolean(),
      held: fc.boolean(),
      killRequested: fc.boolean(),
      topRequested: fc.boolean(),
      reassignRequested: fc.nat({ max: 4 }).map((dice) => dice === 0),
    })
    .map((changes) => waiting("", changes)),
  fc.tuple(readinesses, fc.boolean()).map(([readiness, kill]) => arriving("", readiness, kill)),
  fc.constant({ kind: "stray" as const, name: "", what: "a file" }),
);

const states: fc.Arbitrary<RunState> = fc.oneof(
  fc.record({
    kind: fc.constant("claimed" as const),
    verified: fc.boolean(),
    shimPending: fc.boolean(),
    start: fc.constantFrom("none", "dead", "revoked"),
  }),
  fc
    .tuple(
      fc.integer({ min: 0, max: 2000 }),
      fc.record({ endUnwritten: fc.boolean(), supervisorStopped: fc.boolean() }),
    )
    .map(([elapsedSeconds, changes]) => running(elapsedSeconds, changes)),
  fc.constantFrom(0, 1, 137).map((code) => exited(code)),
  fc.constant(vanished),
);

const runs = fc
  .record({
    state: states,
    info: infos,
    processors: fc.integer({ min: 1, max: 3 }),
    worker: fc.constantFrom(LONE, LONE, "lab2"),
    folderPresent: fc.boolean(),
    missedSeconds: fc.constantFrom(0, 1, 10),
    killRequested: fc.boolean(),
    leftProcesses: fc.nat({ max: 2 }),
    end: fc.option(fc.constantFrom(endIntent("killed"), endIntent("timed_out"), endIntent("lost")), {
      nil: undefined,
    }),
    endingSeconds: fc.nat({ max: 20 }),
  })
  .map(({ state, info: asked, processors, end, ...rest }) =>
    run("", state, {
      ...rest,
      launch: launch("", { info: asked, processors }),
      ...(end === undefined ? {} : { end }),
    }),
  );

/** Names of the queue and of the runs overlap now and then, as after a crash between two steps. */
const names = ["a", "b", "c", "d", "e", "f", "g", "h"];

function named<T extends { readonly name: string }>(
  items: readonly T[],
  order: readonly string[],
  rename: (item: T, name: string) => T,
): T[] {
  return items.slice(0, order.length).map((item, index) => rename(item, order[index] ?? ""));
}

const shuffledNames = fc.shuffledSubarray(names, { minLength: names.length });

const obstacles = fc
  .array(fc.tuple(fc.constantFrom(...ACTION_KINDS), fc.constantFrom(...names)), { maxLength: 12 })
  .map((pairs) => new Map(pairs.map(([kind, name]) => [actionKey(kind, name), "it cannot be moved"])));

const copyIns = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.boolean()), { maxLength: 3 })
  .map(
    (pairs) =>
      new Map(
        pairs.map(([name, hasEnded]) => [name, hasEnded ? { bytes: 1, endedSeconds: 3 } : { bytes: 1 }]),
      ),
  );

const workers = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 }), fc.boolean())
  .map(([first, second, isClosed]) => [
    worker(LONE, first),
    ...(second === 0 ? [] : [worker("lab2", second, isClosed ? { closed: "it is paused" } : {})]),
  ]);

/** Anything that a pass may find. */
export const snapshots: fc.Arbitrary<Snapshot> = fc
  .record({
    queue: fc.array(entries, { maxLength: 8 }),
    queueNames: shuffledNames,
    runs: fc.array(runs, { maxLength: 4 }),
    runNames: shuffledNames,
    unrecorded: fc.array(
      fc.record({ name: fc.constantFrom("x", "y"), seenSeconds: fc.constantFrom(0, 10) }),
      { maxLength: 1 },
    ),
    spreads: fc.constant([]),
    paused: fc.nat({ max: 5 }).map((dice) => dice === 0),
    isLookedThrough: fc.nat({ max: 5 }).map((dice) => dice !== 0),
    freeBytes: fc.constantFrom(1e12, 1e12, 1e12, 1e6),
    obstacles,
    nowMs: fc.constant(CLAIMED_AT_MS),
    copyIns,
    keptFor: fc.option(
      fc.record({ name: fc.constantFrom(...names), worker: fc.constantFrom(LONE, "lab2") }),
      { nil: undefined },
    ),
    workers,
  })
  .map(({ queueNames, runNames, ...found }) => ({
    ...found,
    queue: named(found.queue, queueNames, (entry, name) => ({ ...entry, name })),
    runs: named(found.runs, runNames, (item, name) => ({
      ...item,
      name,
      launch: { ...item.launch, name, runId: `run of ${name}` },
    })),
  }));

export const planRules: fc.Arbitrary<PlanRules> = fc.record({
  launchType: fc.constantFrom("non-blocking", "non-blocking", "blocking"),
  fairShare: fc.boolean(),
  reserveAfterSeconds: fc.constantFrom(0, 900),
  minFreeDiskBytes: fc.constant(200e6),
  killGraceSeconds: fc.constant(10),
  pollSeconds: fc.constantFrom(0.2, 2),
  mode: fc.constantFrom("run", "run", "run", "drain", "kill"),
});
