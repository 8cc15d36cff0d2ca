import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { isSameRefusal, recordUnlaunched } from "../../job/build-record.ts";
import { foldName } from "../../job/names.ts";
import type { Outcome } from "../../job/outcome.ts";
import { attemptAfter, type JobRecord, lastRunEnd } from "../../job/record.ts";
import { readJobRecordOrThrow, writeEndRecord } from "../../queue/books/job-records.ts";
import { identityOf } from "../../queue/intake/arrival.ts";
import { readPerson } from "../../queue/intake/info-file.ts";
import { takeWriteRight } from "../../queue/move.ts";
import { folderUser, originalPart } from "../../queue/origin.ts";
import { JOB_REQUESTS } from "../../queue/request-files.ts";
import { requestedBy, requestPath } from "../../queue/requests.ts";
import { type Context, DONE, type Performed, refused } from "../context.ts";
import { logEnd, putAway, runIdFrom } from "./account.ts";
import { giveName, keepOrGiveNumber } from "./naming.ts";

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

/**
 * Puts a whole folder that is no job away, with the reasons. A repeat, of which the record in the folder tells, adds no second line
 * to the history and no second letter: after a crash, or where the folder could not be moved. A folder that somebody brings back as it
 * was is refused anew.
 */
export async function refuse(
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

/** The owner of a job whose info file names none: the user whose folder it is, unless that is the manager's own. */
export function ownerOnDisk(folder: string | Buffer): string | undefined {
  return folderUser(folder, process.geteuid?.());
}

// It never ran: what lies in its folder goes on being judged by the end of the run before.
function attemptPart(
  context: Context,
  folder: string,
  before: JobRecord | undefined,
  runId: string,
  number = keepOrGiveNumber(context, folder, before),
) {
  return {
    runId,
    attempt: attemptAfter(before, runId),
    lastRunEndedAt: lastRunEnd(before),
    number,
    folderIdentity: identityOf(fs.lstatSync(folder)),
  };
}

function writeRecordFirst(folder: string, record: JobRecord): void {
  takeWriteRight(folder);
  writeEndRecord(folder, record);
}

async function endUnlaunched(
  context: Context,
  folder: string,
  record: JobRecord,
  stage: "finished" | "lost",
): Promise<Performed> {
  const folded = foldName(record.name);
  context.unmoved.add(record.runId);
  context.leavingNames.add(folded);
  const moved = await putAway(context, { folder, record, stage, decidedBy: "request" }).finally(() =>
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
