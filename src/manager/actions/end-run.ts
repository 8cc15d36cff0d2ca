import os from "node:os";
import type { EndIntent } from "../../job/launch.ts";
import { withLeft } from "../../job/left-processes.ts";
import type { EndCause } from "../../plan/action.ts";
import { readLeft, writeLeft } from "../../queue/attempts/attempt-marks.ts";
import { JOB_REQUESTS } from "../../queue/request-files.ts";
import { removeRequest, requestedBy } from "../../queue/requests.ts";
import {
  askJobTreeToEnd,
  continueProcess,
  killJobTree,
  type Unsignalled,
} from "../../worker/process/end-tree.ts";
import { currentBootId, type ProcessIdentity, programName } from "../../worker/process/identity.ts";
import { type Context, DONE, explain, type Performed, refused } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";

/** Puts the decision to end a run on disk; the signals follow in the next pass. */
export function end(context: Context, run: ObservedRun, cause: EndCause): Performed {
  const intent = intentOf(run, cause);
  context.attempts.recordEnd(run.attempt, intent);
  if (run.folderPresent) removeRequest(run.jobFolder, JOB_REQUESTS.kill);
  context.log.info("ending job", { job: run.name, why: intent.kind, by: intent.by });
  return DONE;
}

/** Asks what of the job is still alive to end, once; or kills it. */
export function signal(context: Context, run: ObservedRun, signalName: "TERM" | "KILL"): Performed {
  const note: Note = (found) => noteLeftRunning(context, run, found);
  const unsignalled = signalName === "KILL" ? killJobTree(run.trace, note) : askToEnd(context, run, note);
  continueSupervisor(run);
  return unsignalled.length === 0 ? DONE : refused(explainUnsignalled(unsignalled));
}

/** Lets a supervisor go on that somebody, the job itself perhaps, has stopped: it alone can write down the job's end. */
export function continueSupervisor(run: ObservedRun): Performed {
  if (run.trace.shim !== undefined) continueProcess(run.trace.shim);
  return DONE;
}

type Note = (found: readonly ProcessIdentity[]) => void;

// Once: to many programs a second TERM means "at once", and what a job starts after the first is its tidying up. A command that
// is just being launched is asked when it is there to hear it.
function askToEnd({ memory: { askedToEnd } }: Context, run: ObservedRun, note: Note): Unsignalled[] {
  if (run.leftProcesses === 0 || askedToEnd.has(run.launch.runId)) return [];
  const unsignalled = askJobTreeToEnd(run.trace, note);
  askedToEnd.add(run.launch.runId);
  return unsignalled;
}

/** The person who asked for the end of a run, by the request in its folder. */
export function killRequester(run: ObservedRun): string {
  return requestedBy(run.jobFolder, JOB_REQUESTS.kill);
}

/** The decision, taken now, to end a run as killed. */
export function killIntent(by: string): EndIntent {
  return { ...decidedNow(), kind: "killed", by };
}

function intentOf(run: ObservedRun, cause: EndCause): EndIntent {
  switch (cause.kind) {
    case "requested":
      return killIntent(killRequester(run));
    case "killed":
      return killIntent(cause.by);
    case "timed_out":
      return { ...decidedNow(), kind: "timed_out", by: "its time limit" };
  }
}

/** The moment of a decision that is taken now, as the record of it has that. */
export function decidedNow() {
  return { version: 1 as const, bootId: currentBootId(), atUptimeSeconds: os.uptime() };
}

function explainUnsignalled(unsignalled: readonly Unsignalled[]): string {
  const each = unsignalled.map(({ process, why }) => `process ${process.pid} (${why})`).join(", ");
  return `cannot be ended: ${each}; it runs as another user and has to be ended by hand`;
}

/**
 * Notes which processes of a job that has ended by itself are about to be ended. Of one that somebody ends nothing is noted.
 * Never throws: they stand still meanwhile. What the disk does not take is kept in memory.
 */
function noteLeftRunning(context: Context, run: ObservedRun, processes: readonly ProcessIdentity[]): void {
  if (run.state.kind !== "exited" || run.attempt.end !== undefined) return;
  try {
    addToNote(context, run, processes);
  } catch (error) {
    const why = explain(error);
    context.log.warn("processes that a job left could not be noted", { job: run.name, why });
  }
}

function addToNote(
  { memory }: Context,
  { attempt, launch }: ObservedRun,
  processes: readonly ProcessIdentity[],
): void {
  const before = memory.left.get(launch.runId) ?? readLeft(attempt.folder);
  const found = processes.map(({ pid, startTicks }) => ({ pid, startTicks, name: programName(pid) }));
  const note = withLeft(before, found);
  if (note === before) return;
  memory.left.set(launch.runId, note);
  writeLeft(attempt.folder, note);
}
