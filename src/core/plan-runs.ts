import type { Action } from "./action.ts";
import { type EndFacts, outcomeOfRun } from "./outcome.ts";
import type { PlanRules } from "./plan.ts";
import type { Run, Snapshot } from "./snapshot.ts";

/** What to do about each claimed job and each unexplained folder in `QM_Jobs`. */
export function planRuns(snapshot: Snapshot, rules: PlanRules): Action[] {
  const runs = snapshot.runs.flatMap((run) => planRun(run, rules) ?? []);
  const unrecorded = snapshot.unrecorded.map(
    ({ name }): Action => ({ kind: "put_away_unrecorded", name, why: "no record tells of its run" }),
  );
  return [...runs, ...unrecorded];
}

function planRun(run: Run, rules: PlanRules): Action | undefined {
  switch (run.state.kind) {
    case "claimed":
      return planClaimed(run, run.state, rules);
    case "running":
      return run.end === undefined ? planRunning(run, run.state, rules) : signal(run, rules);
    case "vanished":
      if (run.killRequested && run.end === undefined) return endAsRequested(run);
      return run.leftProcesses > 0 ? signal(run, rules) : planEnded(run, run.state);
    case "exited":
      return run.leftProcesses > 0 ? signal(run, rules) : planEnded(run, run.state);
  }
}

function planClaimed(run: Run, state: StateOf<"claimed">, rules: PlanRules): Action | undefined {
  const { name } = run;
  if (!run.folderPresent) return { kind: "abandon", name, run };
  if (run.killRequested || run.end !== undefined) return { kind: "cancel", name, run };
  if (state.start === "revoked" || rules.mode === "kill") return { kind: "give_back", name, run };
  if (!state.verified) return { kind: "verify", name, run };
  return state.shimPending ? undefined : { kind: "spawn", name, run };
}

function planRunning(run: Run, state: StateOf<"running">, rules: PlanRules): Action | undefined {
  const { name } = run;
  const limitSeconds = run.launch.info.timeLimitSeconds ?? Number.POSITIVE_INFINITY;
  if (run.killRequested) return endAsRequested(run);
  if (rules.mode === "kill") return { kind: "end", name, run, cause: killedBy("qm stop --kill") };
  if (!run.folderPresent) {
    return { kind: "end", name, run, cause: killedBy("whoever took its folder out of QM_Jobs") };
  }
  if (state.elapsedSeconds > limitSeconds && !state.endUnwritten)
    return { kind: "end", name, run, cause: { kind: "timed_out" } };
  return state.supervisorStopped ? { kind: "continue_supervisor", name, run } : undefined;
}

function endAsRequested(run: Run): Action {
  return { kind: "end", name: run.name, run, cause: { kind: "requested" } };
}

function killedBy(by: string): { readonly kind: "killed"; readonly by: string } {
  return { kind: "killed", by };
}

/** TERM while the grace lasts, KILL from then on, again in every pass until nothing is left. */
function signal(run: Run, rules: PlanRules): Action {
  const graceSeconds = run.launch.info.killGraceSeconds ?? rules.killGraceSeconds;
  const isInGrace = (run.endingSeconds ?? 0) < graceSeconds;
  return { kind: "signal", name: run.name, run, signal: isInGrace ? "TERM" : "KILL" };
}

function planEnded(run: Run, state: StateOf<"exited" | "vanished">): Action {
  const { name } = run;
  const outcome = outcomeOfRun(state.kind === "exited" ? state : undefined, endFacts(run));
  return outcome.kind === "lost"
    ? { kind: "lose", name, run, why: outcome.why }
    : { kind: "finish", name, run, outcome };
}

function endFacts(run: Run): EndFacts | undefined {
  if (run.end === undefined) return undefined;
  if (run.end.kind === "killed") return { kind: "killed", by: run.end.by };
  return { kind: "timed_out", limitSeconds: run.launch.info.timeLimitSeconds ?? 0 };
}

type StateOf<K extends Run["state"]["kind"]> = Extract<Run["state"], { readonly kind: K }>;
