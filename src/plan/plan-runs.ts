import { type DecidedOutcome, outcomeOfRun } from "../job/outcome.ts";
import type { Action } from "./action.ts";
import type { PlanRules } from "./schedule-input.ts";
import type { Run, Snapshot, Unrecorded } from "./snapshot.ts";
import { isGone } from "./worker.ts";

/** The rules that the runs are judged by. */
export type RunRules = Pick<PlanRules, "killGraceSeconds" | "pollSeconds" | "mode" | "stoppedBy">;

/** The actions for each claimed job and each unexplained folder in `QM_Jobs`. */
export function planRuns(
  snapshot: Pick<Snapshot, "runs" | "unrecorded" | "workers">,
  rules: RunRules,
): Action[] {
  const runs = snapshot.runs.flatMap((run) => planLoss(run, snapshot) ?? planRun(run, rules) ?? []);
  const unrecorded = snapshot.unrecorded.flatMap((folder) => planUnrecorded(folder, snapshot, rules) ?? []);
  return [...runs, ...unrecorded];
}

// A renamed folder of a run that has not been accounted for yet is left to the plan of that run.
function planUnrecorded(
  { name, seenSeconds, runId }: Unrecorded,
  { runs }: Pick<Snapshot, "runs">,
  rules: RunRules,
): Action | undefined {
  const isOfMissedRun = runs.some((run) => !run.folderPresent && run.launch.runId === runId);
  if (isOfMissedRun || seenSeconds < minMissedSeconds(rules)) return undefined;
  return { kind: "put_away_unrecorded", name, why: "no record tells of its run" };
}

const MIN_MISSED_SECONDS = 1;

/**
 * Seconds for which something has to be missed before it counts as gone: one look may come between two renames, or meet a file server
 * that leaves a folder out.
 */
export function minMissedSeconds({ pollSeconds }: RunRules): number {
  return Math.max(MIN_MISSED_SECONDS, pollSeconds);
}

/** The place of a run's folder: `gone` once it has been missed for long enough. */
export function placeOf(
  { folderPresent, missedSeconds }: Pick<Run, "folderPresent" | "missedSeconds">,
  rules: RunRules,
): "there" | "missed" | "gone" {
  if (folderPresent) return "there";
  return missedSeconds < minMissedSeconds(rules) ? "missed" : "gone";
}

// Whatever its last report said: of a silent worker only a person can tell.
function planLoss(
  { name, worker, lossRequested, folderPresent }: Run,
  { workers }: Pick<Snapshot, "workers">,
): Action | undefined {
  if (!lossRequested || !folderPresent) return undefined;
  const hearing = workers.find((each) => each.name === worker)?.hearing;
  if (hearing === "awaited") return undefined;
  return { kind: isGone(hearing) ? "give_up" : "keep", name };
}

function planRun(run: Run, rules: RunRules): Action | undefined {
  switch (run.state.kind) {
    case "claimed":
      return planClaimed(run, run.state, rules);
    case "running":
      return run.end === undefined ? planRunning(run, run.state, rules) : signal(run, rules);
    case "vanished":
      if (run.killRequested && run.end === undefined) return endAsRequested(run);
      return run.leftProcesses > 0 ? signal(run, rules) : planEnded(run, run.state, rules);
    case "exited":
      return run.leftProcesses > 0 ? planLeft(run, rules) : planEnded(run, run.state, rules);
  }
}

function planClaimed(run: Run, state: StateOf<"claimed">, rules: RunRules): Action | undefined {
  const { name } = run;
  const place = placeOf(run, rules);
  if (place === "missed") return undefined;
  if (place === "gone") return { kind: "abandon", name };
  if (run.killRequested || run.end !== undefined) return { kind: "cancel", name };
  if (state.start === "revoked" || isKilledAtStop(run, rules)) return { kind: "give_back", name };
  if (!state.verified) return { kind: "verify", name };
  return state.shimPending ? undefined : { kind: "spawn", name };
}

function planRunning(run: Run, state: StateOf<"running">, rules: RunRules): Action | undefined {
  const { name } = run;
  const limitSeconds = run.launch.info.timeLimitSeconds ?? Number.POSITIVE_INFINITY;
  if (run.killRequested) return endAsRequested(run);
  if (isKilledAtStop(run, rules))
    return { kind: "end", name, cause: { kind: "killed", by: stopperOf(rules) } };
  if (placeOf(run, rules) === "gone") {
    return { kind: "end", name, cause: { kind: "killed", by: "whoever took its folder out of QM_Jobs" } };
  }
  if (state.elapsedSeconds > limitSeconds && !state.endUnwritten)
    return { kind: "end", name, cause: { kind: "timed_out" } };
  return state.supervisorStopped ? { kind: "continue_supervisor", name } : undefined;
}

// A run on another machine goes on there.
function isKilledAtStop({ launch }: Run, { mode }: RunRules): boolean {
  return mode === "kill" && launch.remote !== true;
}

function endAsRequested(run: Run): Action {
  return { kind: "end", name: run.name, cause: { kind: "requested" } };
}

function stopperOf({ stoppedBy }: RunRules): string {
  return stoppedBy === undefined ? "qm stop --kill" : `${stoppedBy} with qm stop --kill`;
}

const SPARED_SECONDS = 1;

// Some end by themselves right behind the command, as a `tee` that reads to the end of its pipe.
function planLeft(run: Run, rules: RunRules): Action | undefined {
  const { end, endingSeconds = SPARED_SECONDS } = run;
  if (end !== undefined) return signal(run, rules);
  return endingSeconds < SPARED_SECONDS ? undefined : signal(run, rules, SPARED_SECONDS);
}

/** TERM while the grace lasts, KILL from then on, again in every pass until nothing is left. */
function signal(run: Run, rules: RunRules, sparedSeconds = 0): Action {
  const graceSeconds = run.launch.info.killGraceSeconds ?? rules.killGraceSeconds;
  const isInGrace = (run.endingSeconds ?? 0) - sparedSeconds < graceSeconds;
  return { kind: "signal", name: run.name, signal: isInGrace ? "TERM" : "KILL" };
}

// Accounted for without its folder it could be in no list of ended jobs but the history's.
function planEnded(run: Run, state: StateOf<"exited" | "vanished">, rules: RunRules): Action | undefined {
  if (placeOf(run, rules) === "missed") return undefined;
  const { name } = run;
  const outcome = outcomeOfRun(state.kind === "exited" ? state : undefined, decidedOutcome(run));
  return outcome.kind === "lost"
    ? { kind: "lose", name, why: outcome.why }
    : { kind: "finish", name, outcome };
}

// A run that had ended before it was to be ended has its own end, though on a full disk that was written down later. The clock counts
// hundredths of a second: in doubt it was ended.
function decidedOutcome({ end, state, launch }: Run): DecidedOutcome | undefined {
  if (end === undefined) return undefined;
  const endedAt = state.kind === "exited" ? state.endedAtUptimeSeconds : undefined;
  if (endedAt !== undefined && endedAt < end.atUptimeSeconds) return undefined;
  switch (end.kind) {
    case "killed":
      return { kind: "killed", by: end.by };
    case "timed_out":
      return { kind: "timed_out", limitSeconds: launch.info.timeLimitSeconds ?? 0 };
    case "lost":
      return { kind: "lost", why: end.by };
  }
}

type StateOf<K extends Run["state"]["kind"]> = Extract<Run["state"], { readonly kind: K }>;

const ENDING_LOOK_MS = 200;

/**
 * In how many milliseconds one of the runs has to be looked at though nothing happens: often while it is being ended, when its
 * time is up where it has a limit. Infinity when none has to.
 */
export function runsDueInMs(runs: readonly Run[]): number {
  return Math.min(Number.POSITIVE_INFINITY, ...runs.map(dueInMs));
}

function dueInMs({ state, end, leftProcesses, launch }: Run): number {
  if (end !== undefined || leftProcesses > 0) return ENDING_LOOK_MS;
  const { timeLimitSeconds } = launch.info;
  if (state.kind !== "running" || timeLimitSeconds === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, timeLimitSeconds - state.elapsedSeconds) * 1000 + 1;
}
