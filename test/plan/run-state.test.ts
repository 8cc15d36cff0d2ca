import { describe, expect, it } from "vitest";
import { planRuns } from "../../src/plan/plan-runs.ts";
import {
  type ExitRecord,
  type RunEvidence,
  runStateOf,
  type StartedEvidence,
  type UnstartedEvidence,
} from "../../src/plan/run-state.ts";
import type { Run, RunState } from "../../src/plan/snapshot.ts";
import {
  CLAIMED_AT_MS,
  claimed,
  ENDED_AT_MS,
  endIntent,
  exited,
  rules,
  run,
  running,
  STARTED_AT_MS,
  snapshot,
  told,
  vanished,
} from "./snapshots.ts";

function unstarted(changes: Partial<UnstartedEvidence> = {}): UnstartedEvidence {
  return {
    kind: "unstarted",
    start: "none",
    attemptHeld: false,
    spawnedBefore: false,
    shimPending: false,
    verified: true,
    claimedAtMs: CLAIMED_AT_MS,
    ...changes,
  };
}

function started(changes: Partial<StartedEvidence> = {}): StartedEvidence {
  return {
    kind: "started",
    startedAtMs: STARTED_AT_MS,
    startedAtUptimeSeconds: 1000,
    shim: "lives",
    exit: { kind: "none" },
    uptimeSeconds: 1060,
    ...changes,
  };
}

const exit = (exitCode: number): ExitRecord => ({ kind: "exited", exitCode, endedAtMs: ENDED_AT_MS });
const torn: ExitRecord = { kind: "incomplete" };
const powerCut: RunState = { kind: "vanished", startedAtMs: CLAIMED_AT_MS };
const unwanted: Partial<Run> = { killRequested: true };
const ending: Partial<Run> = { end: endIntent("killed"), leftProcesses: 1 };
const ended: Partial<Run> = { end: endIntent("killed") };

interface Row {
  readonly diedAfter: string;
  readonly evidence: RunEvidence;
  readonly state: RunState;
  readonly changes?: Partial<Run>;
  readonly action: string | undefined;
}

/** The rows of the crash table that tell of a run, in its order; what is found, and what is then done. */
const CRASH_TABLE: readonly Row[] = [
  {
    diedAfter: "launch written",
    evidence: unstarted({ verified: false }),
    state: claimed({ verified: false }),
    changes: { folderPresent: false, missedSeconds: 2 },
    action: "abandon job",
  },
  {
    diedAfter: "claim",
    evidence: unstarted({ verified: false }),
    state: claimed({ verified: false }),
    action: "verify job",
  },
  { diedAfter: "verify, prepare", evidence: unstarted(), state: claimed(), action: "spawn job" },
  {
    diedAfter: "spawn, by this manager",
    evidence: unstarted({ shimPending: true }),
    state: claimed({ shimPending: true }),
    action: undefined,
  },
  {
    diedAfter: "a shim just at its start",
    evidence: unstarted({ start: "incomplete", attemptHeld: true }),
    state: claimed({ shimPending: true }),
    action: undefined,
  },
  {
    diedAfter: "a shim's torn start",
    evidence: unstarted({ start: "incomplete" }),
    state: claimed({ start: "dead" }),
    action: "spawn job",
  },
  {
    diedAfter: "a shim's torn start, that shim not yet seen to end",
    evidence: unstarted({ start: "incomplete", shimPending: true }),
    state: claimed({ start: "dead", shimPending: true }),
    action: undefined,
  },
  { diedAfter: "start", evidence: started(), state: running(), action: undefined },
  {
    diedAfter: "end decided",
    evidence: started(),
    state: running(),
    changes: ending,
    action: "signal job TERM",
  },
  {
    diedAfter: "the revoking cut short",
    evidence: unstarted({ start: "incomplete" }),
    state: claimed({ start: "dead" }),
    changes: unwanted,
    action: "cancel job",
  },
  {
    diedAfter: "claim revoked for QM_KILL",
    evidence: unstarted({ start: "revoked" }),
    state: claimed({ start: "revoked" }),
    changes: unwanted,
    action: "cancel job",
  },
  {
    diedAfter: "its end.json, request removed",
    evidence: unstarted({ start: "revoked" }),
    state: claimed({ start: "revoked" }),
    changes: ended,
    action: "cancel job",
  },
  {
    diedAfter: "claim revoked, to give it back",
    evidence: unstarted({ start: "revoked" }),
    state: claimed({ start: "revoked" }),
    action: "give_back job",
  },
  {
    diedAfter: "exit",
    evidence: started({ shim: "gone", exit: exit(0) }),
    state: exited(0),
    action: "finish job",
  },
  {
    diedAfter: "exit, its shim still on the way out",
    evidence: started({ exit: exit(3) }),
    state: exited(3),
    action: "finish job",
  },
  {
    diedAfter: "exit on a full disk",
    evidence: started({ exit: torn }),
    state: running(60, { endUnwritten: true }),
    action: undefined,
  },
  {
    diedAfter: "shim killed",
    evidence: started({ shim: "gone" }),
    state: vanished,
    action: "lose job",
  },
  {
    diedAfter: "shim killed while it wrote its end",
    evidence: started({ shim: "gone", exit: torn }),
    state: vanished,
    action: "lose job",
  },
  {
    diedAfter: "shim killed, job alive",
    evidence: started({ shim: "gone" }),
    state: vanished,
    changes: { leftProcesses: 1 },
    action: "signal job TERM",
  },
  {
    diedAfter: "shim killed, its end decided on",
    evidence: started({ shim: "gone" }),
    state: vanished,
    changes: ended,
    action: "finish job",
  },
  {
    diedAfter: "a supervisor stopped",
    evidence: started({ shim: "stopped" }),
    state: running(60, { supervisorStopped: true }),
    action: "continue_supervisor job",
  },
  {
    diedAfter: "a supervisor stopped while it wrote its end",
    evidence: started({ shim: "stopped", exit: torn }),
    state: running(60, { supervisorStopped: true, endUnwritten: true }),
    action: "continue_supervisor job",
  },
  {
    diedAfter: "power cut after the mark, no start",
    evidence: unstarted({ spawnedBefore: true }),
    state: powerCut,
    action: "lose job",
  },
  {
    diedAfter: "power cut after the mark, the start torn",
    evidence: unstarted({ spawnedBefore: true, start: "incomplete" }),
    state: powerCut,
    action: "lose job",
  },
  {
    diedAfter: "power cut after the mark, the claim being taken back",
    evidence: unstarted({ spawnedBefore: true, start: "revoked" }),
    state: claimed({ start: "revoked" }),
    action: "give_back job",
  },
];

describe("a run of which the last manager died", () => {
  it.each(CRASH_TABLE)("after $diedAfter: $action", ({ evidence, state, changes, action }) => {
    const found = runStateOf(evidence);
    expect(found).toEqual(state);
    const actions = planRuns(snapshot({ runs: [run("job", found, changes)] }), rules);
    expect(told(actions)).toEqual(action === undefined ? [] : [action]);
  });
});

describe("every combination of records and processes", () => {
  const BOTH = [false, true] as const;
  const claims = (["none", "incomplete", "revoked"] as const).flatMap((start) =>
    BOTH.flatMap((attemptHeld) =>
      BOTH.flatMap((spawnedBefore) =>
        BOTH.flatMap((shimPending) =>
          BOTH.map((verified) => unstarted({ start, attemptHeld, spawnedBefore, shimPending, verified })),
        ),
      ),
    ),
  );
  const starts = (["gone", "lives", "stopped"] as const).flatMap((shim) =>
    [{ kind: "none" as const }, torn, exit(0), exit(137)].map((record) => started({ shim, exit: record })),
  );

  it("is ended if and only if its exit record is whole", () => {
    for (const evidence of starts)
      expect(runStateOf(evidence).kind === "exited").toBe(evidence.exit.kind === "exited");
  });

  it("has vanished if and only if its shim is gone without an exit record, or a power cut hides whether there was one", () => {
    for (const evidence of starts)
      expect(runStateOf(evidence).kind === "vanished").toBe(
        evidence.shim === "gone" && evidence.exit.kind !== "exited",
      );
    for (const evidence of claims)
      expect(runStateOf(evidence).kind === "vanished").toBe(
        evidence.spawnedBefore && evidence.start !== "revoked",
      );
  });

  it("is never spawned again while a shim may still pass", () => {
    for (const evidence of claims) {
      const mayPass = evidence.shimPending || (evidence.start === "incomplete" && evidence.attemptHeld);
      const actions = planRuns(snapshot({ runs: [run("job", runStateOf(evidence))] }), rules);
      if (mayPass) expect(told(actions)).not.toContain("spawn job");
    }
  });

  it("has a start removed only if that is incomplete and held by nobody", () => {
    for (const evidence of claims) {
      const state = runStateOf(evidence);
      if (state.kind !== "claimed") continue;
      expect(state.start === "dead").toBe(evidence.start === "incomplete" && !evidence.attemptHeld);
    }
  });
});

describe("how long a run took", () => {
  const end = { kind: "exited" as const, exitCode: 0, endedAtMs: STARTED_AT_MS + 90_000 };

  it("is told by the clock that nobody sets", () => {
    const evidence = started({ exit: { ...end, endedAtUptimeSeconds: 1012.345 } });
    expect(runStateOf(evidence)).toMatchObject({ ranSeconds: 12.35 });
  });

  it("is told by the wall's clock where the record has no other", () => {
    expect(runStateOf(started({ exit: end }))).toMatchObject({ ranSeconds: 90 });
  });

  it("is never less than nothing, though the wall's clock was set back", () => {
    const early = { ...end, endedAtMs: STARTED_AT_MS - 5000 };
    expect(runStateOf(started({ exit: early }))).toMatchObject({ ranSeconds: 0 });
  });
});
