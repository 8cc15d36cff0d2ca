import { fileClockMs } from "../../disk/durable.ts";
import type { RunFacts } from "../../job/build-record.ts";
import { errorLine } from "../../job/error-line.ts";
import { describeLeft, type LeftProcesses, leftProcessesOf } from "../../job/left-processes.ts";
import { describeOutcome, type Outcome } from "../../job/outcome.ts";
import { countLoss, describeLoss, mayRunAgain } from "../../job/record.ts";
import { decidedNow } from "../../queue/attempts/attempt-marks.ts";
import {
  closeJobLog,
  firstWholeLine,
  lastLinesShortened,
  readOwnLogTail,
  textOfLog,
} from "../../queue/files/job-log.ts";
import { JOB_FILES } from "../../queue/layout.ts";
import { takeWriteRight } from "../../queue/move.ts";
import { formatDuration } from "../../text/duration.ts";
import { escapeControls } from "../../text/escape.ts";
import { localTime } from "../../text/local-time.ts";
import { tryOr } from "../../text/try-or.ts";
import { type Context, type Performed, UNFINISHED } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";
import { accountFor, dropClaims, type Ending } from "./account.ts";

/** Accounts for a run whose exit record is there and of which nothing lives any more. */
export async function finish(context: Context, run: ObservedRun, decided: Outcome): Promise<Performed> {
  if (run.port.stillLives(run.attempt)) return UNFINISHED;
  dropClaims(run);
  return await conclude(context, run, withErrorLine(decided, run), "finished");
}

/**
 * Accounts for a run that nobody can tell the end of. That is decided before anything tells of it: a request that comes while
 * this is repeated after a crash would give it another end.
 */
export async function lose(context: Context, run: ObservedRun, why: string): Promise<Performed> {
  if (run.port.stillLives(run.attempt)) return UNFINISHED;
  dropClaims(run);
  context.attempts.recordEnd(run.attempt, { ...decidedNow(), kind: "lost", by: why });
  const lostInARow = countLoss(run.launch);
  const outcome: Outcome = { kind: "lost", why: describeLoss(why, lostInARow) };
  const requeues = context.config().onLost === "requeue" && mayRunAgain(lostInARow);
  return await conclude(context, run, outcome, requeues ? "queue" : "lost");
}

/** Closes a run's log and accounts for it; its folder comes to `stage`. */
export async function conclude(
  context: Context,
  run: ObservedRun,
  outcome: Outcome,
  stage: Ending["stage"],
): Promise<Performed> {
  context.tenure.confirm();
  const facts = runFacts(run);
  if (run.folderPresent) {
    // The job may have closed its folder even to itself.
    takeWriteRight(run.jobFolder);
    closeJobLog(run.jobFolder, lastLogLine(outcome, facts));
  }
  return await accountFor(context, run, outcome, facts, stage);
}

function runFacts(run: ObservedRun): RunFacts {
  const { state, attempt, port } = run;
  const peakMemoryBytes = port.peakBytes(attempt);
  if (state.kind === "exited") {
    const { startedAtMs, endedAtMs, ranSeconds, cpuSeconds } = state;
    const leftProcesses = leftRunning(run);
    return { startedAtMs, endedAtMs, ranSeconds, cpuSeconds, peakMemoryBytes, leftProcesses };
  }
  const startedAtMs = state.kind === "claimed" ? undefined : state.startedAtMs;
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

/** The processes that a job has left running and that were ended. Throws where its note is there and cannot be read. */
function leftRunning({ attempt, port }: ObservedRun): LeftProcesses | undefined {
  const note = port.leftNote(attempt);
  return note === undefined ? undefined : leftProcessesOf(note);
}
