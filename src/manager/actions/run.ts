import os from "node:os";
import { fileClockMs } from "../../disk/durable.ts";
import type { RunFacts } from "../../job/build-record.ts";
import { errorLine } from "../../job/error-line.ts";
import type { EndIntent } from "../../job/launch.ts";
import { describeLeft, type LeftProcesses, leftProcessesOf, withLeft } from "../../job/left-processes.ts";
import { describeOutcome, type Outcome } from "../../job/outcome.ts";
import { countLoss, describeLoss, mayRunAgain } from "../../job/record.ts";
import type { EndCause } from "../../plan/action.ts";
import { readLeft, recordEnd, writeLeft } from "../../queue/attempts/attempt-marks.ts";
import {
  closeJobLog,
  firstWholeLine,
  lastLinesShortened,
  readOwnLogTail,
  textOfLog,
} from "../../queue/files/job-log.ts";
import { JOB_FILES } from "../../queue/layout.ts";
import { takeWriteRight } from "../../queue/move.ts";
import { JOB_REQUESTS } from "../../queue/request-files.ts";
import { removeRequest, requestedBy } from "../../queue/requests.ts";
import { formatDuration } from "../../text/duration.ts";
import { escapeControls } from "../../text/escape.ts";
import { localTime } from "../../text/local-time.ts";
import { tryOr } from "../../text/try-or.ts";
import { askJobTreeToEnd, continueProcess, killJobTree, type Unsignalled } from "../../worker/end-tree.ts";
import { currentBootId, type ProcessIdentity, programName } from "../../worker/identity.ts";
import { lookForJobProcesses } from "../../worker/job-tree.ts";
import { type Context, DONE, explain, type Performed, refused, UNFINISHED } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";
import { accountFor, type Ending } from "./account.ts";

/** Puts the decision to end a run on disk; the signals follow in the next pass. */
export function end(context: Context, run: ObservedRun, cause: EndCause): Performed {
  const intent = intentOf(run, cause);
  recordEnd(run.attempt.folder, intent);
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

/** Accounts for a run whose exit record is there and of which nothing lives any more. */
export async function finish(context: Context, run: ObservedRun, decided: Outcome): Promise<Performed> {
  if (stillLives(run)) return UNFINISHED;
  return await conclude(context, run, withErrorLine(decided, run), "finished");
}

/**
 * Accounts for a run that nobody can tell the end of. That is decided before anything tells of it: a request that comes while
 * this is repeated after a crash would give it another end.
 */
export async function lose(context: Context, run: ObservedRun, why: string): Promise<Performed> {
  if (stillLives(run)) return UNFINISHED;
  recordEnd(run.attempt.folder, { ...decidedNow(), kind: "lost", by: why });
  const lostInARow = countLoss(run.launch);
  const outcome: Outcome = { kind: "lost", why: describeLoss(why, lostInARow) };
  const requeues = context.config().onLost === "requeue" && mayRunAgain(lostInARow);
  return await conclude(context, run, outcome, requeues ? "queue" : "lost");
}

async function conclude(
  context: Context,
  run: ObservedRun,
  outcome: Outcome,
  shelf: Ending["shelf"],
): Promise<Performed> {
  const facts = runFacts(context, run);
  if (run.folderPresent) {
    // The job may have closed its folder even to itself.
    takeWriteRight(run.jobFolder);
    closeJobLog(run.jobFolder, lastLogLine(outcome, facts));
  }
  return await accountFor(context, run, outcome, facts, shelf);
}

// A process that was just leaving the tree can slip past one look; a second one, taken later, finds it.
function stillLives(run: ObservedRun): boolean {
  return lookForJobProcesses(run.trace).length > 0;
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

function decidedNow() {
  return { version: 1 as const, bootId: currentBootId(), atUptimeSeconds: os.uptime() };
}

function runFacts(context: Context, run: ObservedRun): RunFacts {
  const { state, launch, attempt } = run;
  const peakMemoryBytes = context.memory.peaks.of(launch.runId);
  if (state.kind === "exited") {
    const { startedAtMs, endedAtMs, ranSeconds, cpuSeconds } = state;
    const leftProcesses = leftRunning(context, run);
    return { startedAtMs, endedAtMs, ranSeconds, cpuSeconds, peakMemoryBytes, leftProcesses };
  }
  const startedAtMs = state.kind === "vanished" ? state.startedAtMs : undefined;
  return { startedAtMs, endedAtMs: fileClockMs(attempt.folder), peakMemoryBytes };
}

// Nothing in it may differ when it is told again after a crash, so a time stands in it only where a record has one.
function lastLogLine(outcome: Outcome, { endedAtMs, ranSeconds, leftProcesses }: RunFacts): string {
  const when =
    ranSeconds === undefined
      ? "at an unknown time"
      : `${localTime(new Date(endedAtMs).toISOString())} after ${formatDuration(ranSeconds)}`;
  const left = leftProcesses === undefined ? "" : `; ${describeLeft(leftProcesses)}`;
  return `[QM] ended ${when}: ${outcome.kind}, ${escapeControls(describeOutcome(outcome))}${left}`;
}

function explainUnsignalled(unsignalled: readonly Unsignalled[]): string {
  const each = unsignalled.map(({ process, why }) => `process ${process.pid} (${why})`).join(", ");
  return `cannot be ended: ${each}; it runs as another user and has to be ended by hand`;
}

/**
 * A thousand frames, an epilogue, or a long line may stand behind the error; more takes too long, as no pass goes on
 * meanwhile.
 */
const LOOKED_AT_BYTES = 1024 * 1024;

/** The outcome of a failed run with the line that names the error, as far as the end of its log has one. */
function withErrorLine(outcome: Outcome, { jobFolder, folderPresent }: ObservedRun): Outcome {
  if (outcome.kind !== "failed" || !folderPresent) return outcome;
  // A log that cannot be read keeps no job from being accounted for.
  const line = errorLine(tryOr(() => endOfLog(jobFolder), ""));
  return line === undefined ? outcome : { ...outcome, errorLine: line };
}

function endOfLog(jobFolder: string): string {
  const bytes = readOwnLogTail(jobFolder, JOB_FILES.log, LOOKED_AT_BYTES) ?? Buffer.alloc(0);
  const whole = bytes.length < LOOKED_AT_BYTES ? bytes : bytes.subarray(firstWholeLine(bytes));
  return textOfLog(lastLinesShortened(whole));
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

/** The processes that a job has left running and that were ended. Throws where its note is there and cannot be read. */
function leftRunning({ memory }: Context, { attempt, launch }: ObservedRun): LeftProcesses | undefined {
  const note = memory.left.get(launch.runId) ?? readLeft(attempt.folder);
  return note === undefined ? undefined : leftProcessesOf(note);
}
