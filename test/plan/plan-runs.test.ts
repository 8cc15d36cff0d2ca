import { describe, expect, it } from "vitest";
import { planRuns } from "../../src/plan/plan-runs.ts";
import type { PlanRules } from "../../src/plan/schedule-input.ts";
import type { Run, RunState } from "../../src/plan/snapshot.ts";
import type { Hearing } from "../../src/plan/worker.ts";
import {
  claimed,
  endIntent,
  exited,
  info,
  launch,
  rules,
  run,
  running,
  snapshot,
  told,
  vanished,
} from "./snapshots.ts";

interface Case {
  readonly found: string;
  readonly state: RunState;
  readonly changes?: Partial<Run>;
  readonly mode?: PlanRules["mode"];
  readonly action: string | undefined;
}

const gone = { folderPresent: false, missedSeconds: 2 };
const missed = { folderPresent: false, missedSeconds: 1.9 };
const unwanted = { killRequested: true };
const limited = { launch: launch("job", { info: info({ timeLimitSeconds: 60 }) }) };
const patient = { launch: launch("job", { info: info({ killGraceSeconds: 30 }) }) };
const ending = { end: endIntent("killed"), leftProcesses: 2 };

function planOf({ state, changes, mode }: Omit<Case, "found" | "action">) {
  return planRuns(snapshot({ runs: [run("job", state, changes)] }), { ...rules, mode: mode ?? "run" });
}

function check(cases: readonly Case[]): void {
  it.each(cases)("$found: $action", ({ action, ...found }) => {
    expect(told(planOf(found))).toEqual(action === undefined ? [] : [action]);
  });
}

describe("a claimed job whose shim has not started", () => {
  check([
    { found: "looked at for the first time", state: claimed({ verified: false }), action: "verify job" },
    { found: "seen unchanged", state: claimed(), action: "spawn job" },
    { found: "its shim on the way", state: claimed({ shimPending: true }), action: undefined },
    { found: "a dead shim's start in the way", state: claimed({ start: "dead" }), action: "spawn job" },
    {
      found: "a dead shim's start in the way, the next shim not yet seen to end",
      state: claimed({ start: "dead", shimPending: true }),
      action: undefined,
    },
    {
      found: "its shim on the way, not marked as seen",
      state: claimed({ shimPending: true, verified: false }),
      action: "verify job",
    },
    { found: "being taken back", state: claimed({ start: "revoked" }), action: "give_back job" },
    {
      found: "being taken back, before it was seen unchanged",
      state: claimed({ start: "revoked", verified: false }),
      action: "give_back job",
    },
    {
      found: "being taken back while its shim is on the way",
      state: claimed({ start: "revoked", shimPending: true }),
      action: "give_back job",
    },
    { found: "asked to be killed", state: claimed(), changes: unwanted, action: "cancel job" },
    {
      found: "asked to be killed while its shim is on the way",
      state: claimed({ shimPending: true }),
      changes: unwanted,
      action: "cancel job",
    },
    {
      found: "asked to be killed while it is taken back",
      state: claimed({ start: "revoked" }),
      changes: unwanted,
      action: "cancel job",
    },
    {
      found: "its kill decided on, and the request gone",
      state: claimed({ start: "revoked" }),
      changes: { end: endIntent("killed") },
      action: "cancel job",
    },
    { found: "its folder gone", state: claimed(), changes: gone, action: "abandon job" },
    { found: "its folder missed for a moment", state: claimed(), changes: missed, action: undefined },
    {
      found: "its folder gone while its shim is on the way",
      state: claimed({ shimPending: true }),
      changes: gone,
      action: "abandon job",
    },
    { found: "the manager draining", state: claimed(), mode: "drain", action: "spawn job" },
    { found: "the manager stopping with kill", state: claimed(), mode: "kill", action: "give_back job" },
  ]);
});

describe("a running job", () => {
  check([
    { found: "without limit", state: running(1e9), action: undefined },
    { found: "within its limit", state: running(60), changes: limited, action: undefined },
    { found: "past its limit", state: running(60.1), changes: limited, action: "end job" },
    {
      found: "past its limit, but over: its end could not be written down yet",
      state: running(61, { endUnwritten: true }),
      changes: limited,
      action: undefined,
    },
    { found: "asked to be killed", state: running(), changes: unwanted, action: "end job" },
    {
      found: "stopped by somebody",
      state: running(60, { supervisorStopped: true }),
      action: "continue_supervisor job",
    },
    {
      found: "stopped while it writes its end",
      state: running(61, { supervisorStopped: true, endUnwritten: true }),
      changes: limited,
      action: "continue_supervisor job",
    },
    {
      found: "stopped, past its limit",
      state: running(61, { supervisorStopped: true }),
      changes: limited,
      action: "end job",
    },
    {
      found: "stopped, its end decided on",
      state: running(60, { supervisorStopped: true }),
      changes: ending,
      action: "signal job TERM",
    },
    { found: "its folder gone", state: running(), changes: gone, action: "end job" },
    { found: "its folder missed for a moment", state: running(), changes: missed, action: undefined },
    {
      found: "its folder missed for a moment, past its limit",
      state: running(61),
      changes: { ...missed, ...limited },
      action: "end job",
    },
    {
      found: "its folder missed for a moment, its end decided on",
      state: running(),
      changes: { ...missed, ...ending },
      action: "signal job TERM",
    },
    {
      found: "its folder missed for a moment, the manager stopping with kill",
      state: running(),
      changes: missed,
      mode: "kill",
      action: "end job",
    },
    { found: "the manager draining", state: running(), mode: "drain", action: undefined },
    { found: "the manager stopping with kill", state: running(), mode: "kill", action: "end job" },
    {
      found: "its end decided on",
      state: running(),
      changes: { ...ending, endingSeconds: 0 },
      action: "signal job TERM",
    },
    {
      found: "its end decided on, nothing but the shim alive",
      state: running(),
      changes: { ...ending, leftProcesses: 0 },
      action: "signal job TERM",
    },
    {
      found: "just before the end of its grace",
      state: running(),
      changes: { ...ending, endingSeconds: 9.9 },
      action: "signal job TERM",
    },
    {
      found: "its grace over",
      state: running(),
      changes: { ...ending, endingSeconds: 10 },
      action: "signal job KILL",
    },
    {
      found: "with a longer grace of its own",
      state: running(),
      changes: { ...ending, ...patient, endingSeconds: 29 },
      action: "signal job TERM",
    },
    {
      found: "its longer grace over too",
      state: running(),
      changes: { ...ending, ...patient, endingSeconds: 30 },
      action: "signal job KILL",
    },
    {
      found: "its end decided on before a restart of the machine",
      state: running(),
      changes: { ...ending, endingSeconds: Number.POSITIVE_INFINITY },
      action: "signal job KILL",
    },
  ]);

  it.each([
    [
      "a request, before everything else",
      { ...unwanted, ...gone, ...limited },
      "kill",
      { kind: "requested" },
    ],
    ["qm stop --kill", { ...gone, ...limited }, "kill", { kind: "killed", by: "qm stop --kill" }],
    [
      "whoever took its folder",
      { ...gone, ...limited },
      "run",
      { kind: "killed", by: "whoever took its folder out of QM_Jobs" },
    ],
    ["its limit", limited, "run", { kind: "timed_out" }],
  ] as const)("keeps the cause of its end: %s", (_, changes, mode, cause) => {
    expect(planOf({ state: running(61), changes, mode })).toMatchObject([{ kind: "end", cause }]);
  });
});

describe("a job whose supervisor has left an exit record", () => {
  check([
    { found: "nothing of it alive", state: exited(0), action: "finish job" },
    { found: "its folder gone", state: exited(0), changes: gone, action: "finish job" },
    { found: "its folder missed for a moment", state: exited(0), changes: missed, action: undefined },
    {
      found: "its folder missed for a moment, children left",
      state: exited(0),
      changes: { ...missed, leftProcesses: 1 },
      action: "signal job TERM",
    },
    { found: "children left", state: exited(0), changes: { leftProcesses: 1 }, action: "signal job TERM" },
    {
      found: "children that may be ending by themselves",
      state: exited(0),
      changes: { leftProcesses: 1, endingSeconds: 0.9 },
      action: undefined,
    },
    {
      found: "children that are to end though they may be ending by themselves",
      state: exited(0),
      changes: { ...ending, endingSeconds: 0 },
      action: "signal job TERM",
    },
    {
      found: "children left, with the last of their grace",
      state: exited(0),
      changes: { leftProcesses: 1, endingSeconds: 10.9 },
      action: "signal job TERM",
    },
    {
      found: "children left past the grace",
      state: exited(0),
      changes: { leftProcesses: 1, endingSeconds: 11 },
      action: "signal job KILL",
    },
    { found: "asked to be killed too late", state: exited(0), changes: unwanted, action: "finish job" },
    { found: "the manager stopping with kill", state: exited(0), mode: "kill", action: "finish job" },
  ]);

  it.each([
    ["exit code 0", exited(0), {}, { kind: "done" }],
    ["another exit code", exited(3), {}, { kind: "failed", exitCode: 3 }],
    [
      "a signal",
      exited(137, { signal: "SIGKILL" }),
      {},
      { kind: "failed", exitCode: 137, signal: "SIGKILL" },
    ],
    [
      "exit code 0 after somebody had decided to kill it",
      exited(0),
      { end: endIntent("killed", "bob") },
      { kind: "killed", by: "bob", exitCode: 0 },
    ],
    [
      "exit code 0 after its time was over",
      exited(0),
      { ...limited, end: endIntent("timed_out") },
      { kind: "timed_out", limitSeconds: 60, exitCode: 0 },
    ],
    ["a kill request that came too late", exited(0), unwanted, { kind: "done" }],
    [
      "a kill decided upon after it had ended",
      exited(0, { endedAtUptimeSeconds: 999.99 }),
      { end: endIntent("killed") },
      { kind: "done" },
    ],
    [
      "a limit that passed after it had failed",
      exited(3, { endedAtUptimeSeconds: 900 }),
      { ...limited, end: endIntent("timed_out") },
      { kind: "failed", exitCode: 3 },
    ],
    [
      "a kill decided upon right before it ended",
      exited(0, { endedAtUptimeSeconds: 1000 }),
      { end: endIntent("killed", "bob") },
      { kind: "killed", by: "bob", exitCode: 0 },
    ],
  ])("%s", (_, state, changes, outcome) => {
    expect(planOf({ state, changes })).toMatchObject([{ kind: "finish", outcome }]);
    expect(planOf({ state, changes })[0]).toHaveProperty("outcome", outcome);
  });
});

describe("a job whose supervisor has vanished", () => {
  check([
    { found: "nothing of it alive", state: vanished, action: "lose job" },
    {
      found: "a request to kill it",
      state: vanished,
      changes: { killRequested: true },
      action: "end job",
    },
    {
      found: "its end decided on before",
      state: vanished,
      changes: { end: endIntent("killed") },
      action: "finish job",
    },
    {
      found: "a request to kill it, once it counts as lost",
      state: vanished,
      changes: { killRequested: true, end: endIntent("lost") },
      action: "lose job",
    },
    { found: "its folder gone", state: vanished, changes: gone, action: "lose job" },
    { found: "its folder missed for a moment", state: vanished, changes: missed, action: undefined },
    { found: "processes left", state: vanished, changes: { leftProcesses: 1 }, action: "signal job TERM" },
    {
      found: "processes left past the grace",
      state: vanished,
      changes: { leftProcesses: 1, endingSeconds: 10 },
      action: "signal job KILL",
    },
  ]);

  it("is told why it counts as lost", () => {
    expect(planOf({ state: vanished })).toMatchObject([
      { why: "its supervisor vanished without leaving an exit record" },
    ]);
  });
});

describe("a folder in QM_Jobs without a record", () => {
  const putAway = ["put_away_unrecorded strange"];

  it("counts as lost", () => {
    expect(planRuns(snapshot({ unrecorded: [{ name: "strange", seenSeconds: 2 }] }), rules)).toEqual([
      { kind: "put_away_unrecorded", name: "strange", why: "no record tells of its run" },
    ]);
  });

  it.each([
    ["at the first look", { seenSeconds: 0 }, [], []],
    ["before a second look, one poll later", { seenSeconds: 1.9 }, [], []],
    [
      "of a run whose folder is missed",
      { seenSeconds: 99, runId: "run of job" },
      [run("job", running(), gone)],
      ["end job"],
    ],
    ["of a run that is accounted for", { seenSeconds: 2, runId: "run of job" }, [], putAway],
    ["copied of a run's folder", { seenSeconds: 2, runId: "run of job" }, [run("job", running())], putAway],
    [
      "beside a run of another",
      { seenSeconds: 2, runId: "another" },
      [run("job", running(), missed)],
      putAway,
    ],
    [
      "with no record at all, beside such a run",
      { seenSeconds: 2 },
      [run("job", running(), missed)],
      putAway,
    ],
  ] as const)("%s: %o", (_, folder, runs, actions) => {
    const found = snapshot({ runs, unrecorded: [{ name: "strange", ...folder }] });
    expect(told(planRuns(found, rules))).toEqual(actions);
  });
});

describe("the time after which what is missed is gone", () => {
  it.each([
    [0.2, 0.9, []],
    [0.2, 1, ["end job"]],
    [60, 59, []],
    [60, 60, ["end job"]],
  ])("with a Poll_Interval of %d s, after %d s: %o", (pollSeconds, missedSeconds, actions) => {
    const found = snapshot({ runs: [run("job", running(), { folderPresent: false, missedSeconds })] });
    expect(told(planRuns(found, { ...rules, pollSeconds }))).toEqual(actions);
  });
});

describe("a run that a person gives up", () => {
  const asked = { lossRequested: true };
  const plan = (hearing: Hearing, state: RunState, changes: Partial<Run>) => {
    const found = snapshot({ runs: [run("job", state, changes)] });
    const workers = found.workers.map((worker) => ({ ...worker, hearing }));
    return told(planRuns({ ...found, workers }, rules));
  };

  it.each([
    ["running by its last word", running(10)],
    ["claimed, of which nothing has been told", claimed({ verified: true, shimPending: true })],
    ["vanished", vanished],
  ])("is given up where its worker is silent: %s", (_found, state) => {
    expect(plan("silent", state, asked)).toEqual(["give_up job"]);
  });

  it("is kept where its worker is heard of", () => {
    expect(plan("heard", running(10), asked)).toEqual(["keep job"]);
  });

  it("is given up where its worker was stopped and left it running", () => {
    expect(plan("stopped", running(10), asked)).toEqual(["give_up job"]);
  });

  it("waits while nobody knows yet whether its worker is there", () => {
    expect(plan("awaited", running(10), asked)).toEqual([]);
  });

  it("is left alone while its folder is not seen", () => {
    expect(plan("silent", running(10), { ...asked, folderPresent: false })).not.toContain("give_up job");
  });
});
