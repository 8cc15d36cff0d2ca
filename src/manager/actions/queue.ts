import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { errorCode, isDenied } from "../../disk/error-code.ts";
import { isSameRefusal, recordUnlaunched } from "../../job/build-record.ts";
import type { JobInfo } from "../../job/job-info.ts";
import { foldName, freeName } from "../../job/names.ts";
import type { Outcome } from "../../job/outcome.ts";
import { attemptAfter, type JobRecord, lastRunEnd } from "../../job/record.ts";
import { readJobRecordOrThrow, writeEndRecord } from "../../queue/books/job-records.ts";
import { identityOf } from "../../queue/intake/arrival.ts";
import { infoStamp, readJobInfo, readPerson } from "../../queue/intake/info-file.ts";
import type { Survey } from "../../queue/intake/survey.ts";
import { type Move, moveJob, takeWriteRight } from "../../queue/move.ts";
import { folderUser, originalPart } from "../../queue/origin.ts";
import { JOB_REQUESTS } from "../../queue/request-files.ts";
import { removeRequest, requestedBy, requestPath } from "../../queue/requests.ts";
import { listJobNames } from "../../queue/shelves.ts";
import { describeProblem } from "../../text/problem.ts";
import { withoutUndefined } from "../../text/without-undefined.ts";
import { type Context, DONE, type Performed, refused } from "../context.ts";
import { logEnd, putAway, runIdFrom } from "./account.ts";

/** Lets a folder that has arrived whole wait for its turn, or puts it away with the reasons why it cannot run. */
export async function admit(context: Context, name: string): Promise<Performed> {
  const from = context.queue.pathOf(name);
  if (from === undefined) return DONE;
  const named = giveName(context, from, name);
  if (named.kind === "refused") return refused(named.why);
  return await letIn(context, { arrivedAs: name, name: named.name, survey: context.queue.surveyOf(name) });
}

/** A whole folder that has the name of its job. */
interface Arrived {
  /** Its name before. */
  readonly arrivedAs: string;
  readonly name: string;
  readonly survey: Survey | undefined;
}

/** As {@link admit}, of a folder that has its name. */
export async function letIn(context: Context, arrived: Arrived): Promise<Performed> {
  const { name } = arrived;
  const folder = path.join(context.layout.queue, name);
  const { jobFiles } = context.config();
  // Taken before the file is read: an edit that comes in between must not pass for what was read.
  const stamps = new Map(jobFiles.map((file) => [file, infoStamp(folder, file)]));
  const checked = readJobInfo(folder, jobFiles, ownerOnDisk(folder));
  if (checked.kind === "problems")
    return await refuse(context, folder, name, checked.problems.map(describeProblem));
  const stamp = stamps.get(checked.value.infoFile) ?? "";
  letWait(context, { ...arrived, folder, info: checked.value, infoStamp: stamp });
  return DONE;
}

/** Takes a job that somebody no longer wants out of the queue, as killed. */
export async function withdraw(context: Context, wanted: string): Promise<Performed> {
  const from = context.queue.pathOf(wanted);
  if (from === undefined) return DONE;
  const admission = context.admissions.get(wanted);
  // A folder that still arrives may have another job's name.
  const named = admission === undefined ? giveName(context, from, wanted) : undefined;
  if (named?.kind === "refused") return refused(named.why);
  const name = named?.name ?? wanted;
  const folder = path.join(context.layout.queue, name);
  const by = requestedBy(folder, JOB_REQUESTS.kill);
  const unlaunched =
    admission === undefined
      ? { person: { mailTo: [], owner: ownerOnDisk(folder) } }
      : { info: admission.info, queuedAtMs: admission.admittedAtMs };
  const job = {
    name,
    ...attemptPart(context, folder, readJobRecordOrThrow(folder), runIdOfRequest(folder), admission?.number),
    endedAtMs: Date.now(),
    ...unlaunched,
  };
  const outcome: Outcome = { kind: "killed", by };
  return await endUnlaunched(context, folder, recordOf(context, folder, job, outcome), "finished");
}

/** Puts a waiting job before all others of its priority. */
export function sendToTop(context: Context, name: string): Performed {
  const admission = context.admissions.get(name);
  const folder = context.queue.pathOf(name);
  if (admission === undefined || typeof folder !== "string") return DONE;
  context.admissions.set({ ...admission, place: context.admissions.firstPlace(), sentToTop: true });
  removeRequest(folder, JOB_REQUESTS.top);
  context.log.info("job sent to the top", { job: name });
  return DONE;
}

interface Newcomer extends Arrived {
  readonly folder: string;
  readonly info: JobInfo;
  readonly infoStamp: string;
}

function letWait(context: Context, newcomer: Newcomer): void {
  const { arrivedAs, name, folder, info, survey } = newcomer;
  const before = context.admissions.get(arrivedAs);
  const number = before?.number ?? numberOf(context, folder, readJobRecordOrThrow(folder));
  removeReady(folder);
  const { fingerprint = "", bytes = 0, files = 0 } = survey ?? {};
  context.queue.admit(
    withoutUndefined({
      name,
      number,
      place: context.admissions.placeOf(arrivedAs) ?? context.admissions.lastPlace(),
      sentToTop: before?.sentToTop ?? false,
      headSinceMs: before?.headSinceMs,
      admittedAtMs: before?.admittedAtMs ?? Date.now(),
      fingerprint,
      folderMtimeMs: fs.lstatSync(folder).mtimeMs,
      infoStamp: newcomer.infoStamp,
      bytes,
      files,
      info,
    }),
  );
  const numbered = withoutUndefined({ job: name, number });
  context.log.info("job admitted", { ...numbered, processors: info.processors, files });
}

// It stays if only owners may remove it: a job that waits takes no notice of it.
function removeReady(folder: string): void {
  try {
    removeRequest(folder, JOB_REQUESTS.ready);
  } catch (error) {
    if (!isDenied(errorCode(error))) throw error;
  }
}

// A repeat, of which the record in the folder tells, adds no second line to the history and no second letter: after a crash,
// or where the folder could not be moved. A folder that somebody brings back as it was is refused anew.
async function refuse(
  context: Context,
  folder: string,
  name: string,
  problems: readonly string[],
): Promise<Performed> {
  const before = readJobRecordOrThrow(folder);
  const isRepeat =
    isSameRefusal(before, name, problems) &&
    (context.unmoved.has(before.runId) || (await context.history.find(before.runId)) === undefined);
  const runId = isRepeat ? before.runId : crypto.randomUUID();
  const outcome: Outcome = { kind: "invalid", problems };
  const person = readPerson(folder, context.config().jobFiles, ownerOnDisk(folder));
  const job = { name, ...attemptPart(context, folder, before, runId), person, endedAtMs: Date.now() };
  const record = recordOf(context, folder, job, outcome);
  // Before its letter: a repeat goes by the run id that stands in the folder.
  if (!isRepeat) writeRecordFirst(folder, record);
  return await endUnlaunched(context, folder, record, "lost");
}

function recordOf(
  { place, layout }: Context,
  folder: string,
  job: Parameters<typeof recordUnlaunched>[0],
  outcome: Outcome,
): JobRecord {
  return { ...recordUnlaunched(job, outcome, place), ...originalPart(layout, folder) };
}

function ownerOnDisk(folder: string | Buffer): string | undefined {
  return folderUser(folder, process.geteuid?.());
}

// It never ran: what lies in its folder goes on being judged by the end of the run before.
function attemptPart(
  context: Context,
  folder: string,
  before: JobRecord | undefined,
  runId: string,
  number = numberOf(context, folder, before),
) {
  return {
    runId,
    attempt: attemptAfter(before, runId),
    lastRunEndedAt: lastRunEnd(before),
    number,
    folderIdentity: identityOf(fs.lstatSync(folder)),
  };
}

/** The number of the job in a folder: its own where it has run before and is no copy, else the next one. */
function numberOf(context: Context, folder: string, before: JobRecord | undefined): number | undefined {
  const isOwn = before?.folderIdentity === identityOf(fs.lstatSync(folder));
  return (isOwn ? before.number : undefined) ?? context.numbers.next();
}

function writeRecordFirst(folder: string, record: JobRecord): void {
  takeWriteRight(folder);
  writeEndRecord(folder, record);
}

async function endUnlaunched(
  context: Context,
  folder: string,
  record: JobRecord,
  shelf: "finished" | "lost",
): Promise<Performed> {
  const folded = foldName(record.name);
  context.unmoved.add(record.runId);
  context.leavingNames.add(folded);
  const moved = await putAway(context, { folder, record, shelf, decidedBy: "request" }).finally(() =>
    context.leavingNames.delete(folded),
  );
  if (moved.kind === "refused") return refused(moved.why);
  context.unmoved.delete(record.runId);
  context.queue.forget(record.name);
  logEnd(context, record);
  return DONE;
}

// The same for every try at one request, so that it has one line in the history.
function runIdOfRequest(folder: string): string {
  const { dev, ino, mtimeMs } = fs.lstatSync(requestPath(folder, JOB_REQUESTS.kill));
  return runIdFrom(dev, ino, mtimeMs);
}

/** The name for a folder of the queue that is taken in none of the four folders, its own if that is free. */
export function freeNameOf(context: Context, name: string): string {
  return freeName(name, (folded) => isTaken(context, name, folded));
}

/** Gives a folder in the queue a name that is taken in none of the four folders, its own if that is free and UTF-8. */
function giveName(context: Context, from: string | Buffer, name: string): Move {
  const free = freeNameOf(context, name);
  if (free === name && typeof from === "string") return { kind: "moved", name };
  const moved = moveJob(from, context.layout.queue, free);
  if (moved.kind === "moved") tellRenamed(context, name, moved.name);
  return moved;
}

// A name that is free and yet was not kept has been read as Latin-1.
function tellRenamed({ log }: Context, from: string, name: string): void {
  if (from === name) log.info("job renamed to UTF-8, as its name was Latin-1", { job: name });
  else log.info("job renamed, as its name is taken", { from, job: name });
}

function isTaken(context: Context, own: string, folded: string): boolean {
  const { queue, layout, finishedNames, lostNames, leavingNames } = context;
  if (finishedNames.has(folded) || lostNames.has(folded) || leavingNames.has(folded)) return true;
  if (listJobNames(layout.running).some((name) => foldName(name) === folded)) return true;
  return queue.isNameOwnedByAnother(folded, own);
}
