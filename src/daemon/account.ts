import path from "node:path";
import { type RunFacts, recordAtEnd } from "../core/build-record.ts";
import type { Outcome } from "../core/outcome.ts";
import type { JobRecord } from "../core/record.ts";
import { writeEndRecord } from "../folders/job-records.ts";
import type { Shelf } from "../folders/layout.ts";
import { type Move, moveJob, takeWriteRight } from "../folders/move.ts";
import { JOB_REQUESTS, removeRequest } from "../folders/requests.ts";
import { type Context, DONE, type Performed, refused } from "./context.ts";
import type { ObservedRun } from "./run-scan.ts";

/**
 * Accounts for a run that has ended and lets its folder go: record, history, rename, and the attempt's records last.
 * Each step can be repeated, so that a crash between two of them costs nothing.
 */
export function accountFor(
  context: Context,
  run: ObservedRun,
  outcome: Outcome,
  facts: RunFacts,
  shelf: Exclude<Shelf, "running">,
): Performed {
  const record = recordAtEnd(run.launch, outcome, facts, context.place);
  if (run.folderPresent) {
    const moved = putAway(context, run.jobFolder, record, shelf);
    if (moved.kind === "refused") return refused(moved.why);
  } else {
    context.history.add(record);
  }
  context.attempts.remove(run.attempt);
  context.runScan.forget(run.launch.runId);
  context.peaks.forget(run.launch.runId);
  context.askedToEnd.delete(run.launch.runId);
  context.spawned.delete(run.launch.runId);
  logEnd(context, record);
  return DONE;
}

/** Writes a job's last record and its line in the history, then moves its folder to where it rests. */
export function putAway(
  context: Context,
  folder: string | Buffer,
  record: JobRecord,
  shelf: Exclude<Shelf, "running">,
): Move {
  takeWriteRight(folder);
  if (typeof folder === "string") writeEndRecord(folder, record);
  context.history.add(record);
  const moved = moveTo(context, folder, record.name, shelf);
  if (moved.kind === "moved" && shelf !== "queue")
    removeRequest(path.join(context.layout[shelf], moved.name), JOB_REQUESTS.kill);
  return moved;
}

function moveTo(
  context: Context,
  folder: string | Buffer,
  name: string,
  shelf: Exclude<Shelf, "running">,
): Move {
  const target = context.layout[shelf];
  const index = shelf === "finished" ? context.finishedNames : context.lostNames;
  if (shelf === "queue") return moveJob(folder, target, name);
  return index.absorb(() => moveJob(folder, target, name));
}

/** Tells the log how a job ended. */
export function logEnd({ log }: Context, record: JobRecord): void {
  const fields = { job: record.name, attempt: record.attempt, outcome: record.state };
  if (record.state === "done") log.info("job done", fields);
  else log.warn("job ended", { ...fields, reason: record.reason });
}
