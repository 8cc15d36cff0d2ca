import path from "node:path";
import { type RunFacts, recordAtEnd } from "../core/build-record.ts";
import type { Outcome } from "../core/outcome.ts";
import type { JobRecord } from "../core/record.ts";
import { readJobRecord, syncEndRecord, writeEndRecord } from "../folders/job-records.ts";
import type { Shelf } from "../folders/layout.ts";
import { type Move, moveJob, takeWriteRight } from "../folders/move.ts";
import { JOB_REQUESTS, removeRequest } from "../folders/requests.ts";
import { type Context, DONE, type Performed, refused } from "./context.ts";
import type { ObservedRun } from "./run-scan.ts";

/**
 * Accounts for a run that has ended and lets its folder go: record, letter, history, rename, and the attempt's records
 * last.
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
    const moved = putAway(context, run.jobFolder, record, shelf, "records");
    if (moved.kind === "refused") return refused(moved.why);
  } else {
    report(context, record, undefined, shelf);
    recordWhereItLies(context, record);
  }
  context.attempts.remove(run.attempt);
  context.runScan.forget(run.launch.runId);
  context.peaks.forget(run.launch.runId);
  context.askedToEnd.delete(run.launch.runId);
  context.spawned.delete(run.launch.runId);
  logEnd(context, record);
  return DONE;
}

/**
 * Writes a job's last record, its letter and its line in the history, then moves its folder to where it rests.
 * @param decidedBy what a repeat after a crash goes by: the manager's records, or the request in the folder alone,
 * which then has to lie there until the folder has been moved
 */
export function putAway(
  context: Context,
  folder: string | Buffer,
  record: JobRecord,
  shelf: Exclude<Shelf, "running">,
  decidedBy: "records" | "request",
): Move {
  takeWriteRight(folder);
  if (typeof folder === "string") writeEndRecord(folder, record);
  report(context, record, typeof folder === "string" ? folder : undefined, shelf);
  // After the history's own sync this has next to nothing left to do.
  if (typeof folder === "string") syncEndRecord(folder);
  if (decidedBy === "records" && shelf !== "queue" && typeof folder === "string")
    removeRequest(folder, JOB_REQUESTS.kill);
  const moved = moveTo(context, folder, record.name, shelf);
  if (moved.kind === "moved" && shelf !== "queue")
    removeKillRequest(context, path.join(context.layout[shelf], moved.name));
  return moved;
}

const TRIES = 3;

// The job is where it rests, and nobody comes back to it: what can be done is done now, and the rest is told.
function removeKillRequest({ log }: Context, folder: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      removeRequest(folder, JOB_REQUESTS.kill);
      return;
    } catch (error) {
      if (tries < TRIES) continue;
      log.warn("take QM_KILL out of this folder by hand, or it ends the job again when it is redone", {
        folder,
        why: String(error),
      });
      return;
    }
  }
}

// The letter first: once the line is in the history, the end counts as reported.
function report(
  { mail, history }: Context,
  record: JobRecord,
  folder: string | undefined,
  shelf: Exclude<Shelf, "running">,
): void {
  if (!history.has(record)) mail.reportEnd(record, folder, shelf);
  history.add(record);
}

// Where somebody, or the job itself, has moved the folder to rest, it must not call itself running for ever. It is not
// the manager's to move any more: what cannot be written there keeps nothing from going on.
function recordWhereItLies({ layout, log }: Context, record: JobRecord): void {
  for (const shelf of [layout.finished, layout.lost]) {
    const folder = path.join(shelf, record.name);
    const found = readJobRecord(folder);
    if (found?.runId !== record.runId || found.state !== "running") continue;
    try {
      takeWriteRight(folder);
      writeEndRecord(folder, record);
      syncEndRecord(folder);
    } catch (error) {
      log.warn("a job's end could not be written into its folder", { job: record.name, why: String(error) });
    }
  }
}

function moveTo(
  context: Context,
  folder: string | Buffer,
  name: string,
  shelf: Exclude<Shelf, "running">,
): Move {
  const target = context.layout[shelf];
  const index = shelf === "finished" ? context.finishedNames : context.lostNames;
  if (shelf === "queue") return moveBack(context, folder, name);
  return index.absorb(() => moveJob(folder, target, name));
}

function moveBack({ layout, queue }: Context, folder: string | Buffer, name: string): Move {
  const moved = moveJob(folder, layout.queue, name);
  if (moved.kind === "moved") queue.tell(moved.name);
  return moved;
}

/** Tells the log how a job ended. */
export function logEnd({ log }: Context, record: JobRecord): void {
  const fields = { job: record.name, attempt: record.attempt, outcome: record.state };
  if (record.state === "done") log.info("job done", fields);
  else log.warn("job ended", { ...fields, reason: record.reason });
}
