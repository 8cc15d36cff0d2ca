import crypto from "node:crypto";
import path from "node:path";
import { FileBatch, syncAll } from "../../disk/file-batch.ts";
import { type RunFacts, recordAtEnd } from "../../job/build-record.ts";
import type { Outcome } from "../../job/outcome.ts";
import type { JobRecord } from "../../job/record.ts";
import { addEndRecord, readJobRecord, writeEndRecord } from "../../queue/books/job-records.ts";
import { removeTemporaryFolder } from "../../queue/files/trash.ts";
import type { Stage } from "../../queue/layout.ts";
import { type Move, renameJob, takeWriteRight } from "../../queue/move.ts";
import { originalPart } from "../../queue/origin.ts";
import { JOB_REQUESTS } from "../../queue/request-files.ts";
import { removeRequest } from "../../queue/requests.ts";
import { removeClaims } from "../../queue/workers/claim.ts";
import { type Context, DONE, type Performed, refused } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";
import { removeLeftover, removeUndecisive } from "./leftover-requests.ts";

/** The part of a run, or of a job that runs on all workers, by which it is accounted for. */
type Accountable = Pick<ObservedRun, "launch" | "attempt" | "jobFolder" | "folderPresent" | "port">;

/** Accounts for a run that has ended and lets its folder go. */
export async function accountFor(
  context: Context,
  run: ObservedRun,
  outcome: Outcome,
  facts: RunFacts,
  stage: Ending["stage"],
): Promise<Performed> {
  return await account(context, run, recordAtEnd(run.launch, outcome, facts, run.port.place), stage);
}

/**
 * Accounts for what has ended by its record: record, letter, history, rename, and the attempt's records last. Each step can be
 * repeated, so that a crash between two of them costs nothing.
 */
export async function account(
  context: Context,
  run: Accountable,
  told: JobRecord,
  stage: Ending["stage"],
): Promise<Performed> {
  const record = { ...told, ...originalPart(context.layout, run.jobFolder) };
  if (run.folderPresent) {
    removeTemporaryFolder(context.layout, run.jobFolder);
    const ending: Ending = { folder: run.jobFolder, record, stage, decidedBy: "records" };
    const moved = await putAway(context, ending);
    if (moved.kind === "refused") return refused(moved.why);
  } else {
    await writeDown(context, { folder: undefined, record, stage });
    recordWhereItLies(context, record);
  }
  context.tenure.confirm();
  context.attempts.remove(run.attempt);
  run.port.forget(run.attempt);
  context.memory.forget(run.launch.runId);
  logEnd(context, record);
  return DONE;
}

/** Takes a worker's claim on a run away, of which nothing lives or can start any more. */
export function dropClaims({ launch, jobFolder, folderPresent }: ObservedRun): void {
  if (launch.remote === true && folderPresent) removeClaims(jobFolder);
}

/** A job that is to rest, or to go back to the queue. */
export interface Ending {
  /** Its path now. */
  readonly folder: string | Buffer;
  readonly record: JobRecord;
  readonly stage: Exclude<Stage, "running">;
  /**
   * The basis of a repeat after a crash: the manager's records, or the request in the folder alone, which then has to lie
   * there until the folder has been moved.
   */
  readonly decidedBy: "records" | "request";
}

/** Writes a job's last record, its letter and its line in the history, then moves its folder to where it rests. */
export async function putAway(context: Context, ending: Ending): Promise<Move> {
  const { folder, record, stage, decidedBy } = ending;
  takeWriteRight(folder);
  // A name that is no UTF-8 leads nowhere as text: such a folder is left as it is.
  const named = typeof folder === "string" ? folder : undefined;
  await writeDown(context, { folder: named, record, stage });
  if (stage !== "queue" && named !== undefined) {
    removeUndecisive(named);
    if (decidedBy === "records") removeRequest(named, JOB_REQUESTS.kill);
  }
  const moved = moveTo(context, ending);
  if (moved.kind === "refused") return moved;
  await syncMoved(context, ending);
  if (stage !== "queue") removeLeftover(context, path.join(context.layout[stage], moved.name));
  return moved;
}

/**
 * Moves the folder of a run that was accounted for without it to where it rests, and writes the record there afterwards: what
 * calls itself running among the ended jobs has the end that the history tells, but a folder in `QM_Jobs` that tells of an
 * end may be anybody's.
 */
export async function rest(context: Context, ending: Ending & { readonly folder: string }): Promise<Move> {
  const { folder, record, stage } = ending;
  takeWriteRight(folder);
  removeUndecisive(folder);
  removeRequest(folder, JOB_REQUESTS.kill);
  const moved = moveTo(context, ending);
  if (moved.kind === "refused") return moved;
  const { name } = moved;
  writeWhereItRests(context, path.join(context.layout[stage], name), { ...record, name });
  await syncMoved(context, ending);
  return moved;
}

type WrittenDown = Pick<Ending, "record" | "stage"> & { readonly folder: string | undefined };

// The letter before the history: once its line is there, the end counts as reported.
async function writeDown(context: Context, told: WrittenDown): Promise<void> {
  await writeFiles(context, told);
  const { history, pastRuns, spreads } = context;
  const { record, stage } = told;
  const isNew = !history.has(record);
  await history.add(record);
  if (isNew) pastRuns.add(record);
  // The job that it is a child of ends by these notes: not before the child's own line is there.
  if (stage !== "queue") spreads.noteEnd(record);
}

async function writeFiles(
  { mail, history, spreads }: Context,
  { folder, record, stage }: WrittenDown,
): Promise<void> {
  using batch = new FileBatch();
  if (folder !== undefined) addEndRecord(batch, folder, record);
  const isToldOfInAll = spreads.noteOf(record) !== undefined;
  if (!history.has(record) && !isToldOfInAll) mail.reportEnd(batch, record, folder, stage);
  await batch.commit();
}

// Moved is moved: what a power cut takes back, as a folder could not be synced, the next manager finds where it was. A rename is kept as a
// whole, and not without those before it, by the file systems that people put queues on. One that loses those of the records leaves a
// record that says "running", whose end the history tells.
async function syncMoved({ layout }: Context, { stage }: Ending): Promise<void> {
  await syncAll([layout[stage]]).catch(() => undefined);
}

// If somebody, or the job itself, has moved the folder to rest, it must not call itself running for ever. It is not
// the manager's to move any more: what cannot be written there keeps nothing from going on.
function recordWhereItLies(context: Context, record: JobRecord): void {
  const { layout } = context;
  for (const stage of [layout.finished, layout.lost]) {
    const folder = path.join(stage, record.name);
    const found = readJobRecord(folder);
    if (found?.runId === record.runId && found.state === "running")
      writeWhereItRests(context, folder, record);
  }
}

function writeWhereItRests(context: Context, folder: string, record: JobRecord): void {
  try {
    takeWriteRight(folder);
    removeLeftover(context, folder);
    writeEndRecord(folder, record);
  } catch (error) {
    context.log.warn("a job's end could not be written into its folder", {
      job: record.name,
      why: String(error),
    });
  }
}

function moveTo(context: Context, { folder, record, stage }: Ending): Move {
  const { layout, queue, finishedNames, lostNames, tenure } = context;
  // The folder of that name may be another manager's job by now.
  tenure.confirm();
  const move = () => renameJob(folder, layout[stage], record.name);
  if (stage !== "queue") return (stage === "finished" ? finishedNames : lostNames).absorb(move);
  const moved = move();
  if (moved.kind === "moved") queue.lookAtRenamed(moved.name);
  return moved;
}

/** Tells the log how a job ended. */
export function logEnd({ log }: Context, record: JobRecord): void {
  const fields = { job: record.name, attempt: record.attempt, outcome: record.state };
  if (record.state === "done") log.info("job done", fields);
  else log.warn("job ended", { ...fields, reason: record.reason });
}

/** A run id for what cannot be launched: made from facts that stay the same however often it is tried. */
export function runIdFrom(...facts: readonly (string | number)[]): string {
  return crypto.createHash("sha256").update(facts.join("\0")).digest("hex").slice(0, 32);
}
