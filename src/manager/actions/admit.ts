import fs from "node:fs";
import path from "node:path";
import { errorCode, isDenied } from "../../disk/error-code.ts";
import { syncAll } from "../../disk/file-batch.ts";
import type { JobInfo } from "../../job/job-info.ts";
import { reassignedInfo } from "../../job/reassignment.ts";
import { infoOfChild } from "../../job/spread.ts";
import { readJobRecordOrThrow } from "../../queue/books/job-records.ts";
import { identityOf } from "../../queue/intake/arrival.ts";
import { infoFileOf, infoStamp, readJobInfo } from "../../queue/intake/info-file.ts";
import { type JobFile, jobNameOfFile } from "../../queue/intake/job-file.ts";
import { landFile, prepareFolder } from "../../queue/intake/land-file.ts";
import { type Survey, Surveyor } from "../../queue/intake/survey.ts";
import { readOrigin } from "../../queue/origin.ts";
import { JOB_REQUESTS } from "../../queue/request-files.ts";
import { removeRequest } from "../../queue/requests.ts";
import { describeProblem } from "../../text/problem.ts";
import { withoutUndefined } from "../../text/without-undefined.ts";
import { type Context, DONE, type Performed, refused, UNFINISHED } from "../context.ts";
import { freeNameOf, giveName, keepOrGiveNumber } from "./naming.ts";
import { ownerOnDisk, refuse } from "./unlaunched.ts";

/**
 * Lets a folder that has arrived whole wait for its turn, or puts it away with the reasons why it cannot run. A plain file that is a job
 * gets a folder first.
 */
export async function admit(context: Context, name: string): Promise<Performed> {
  const file = context.queue.jobFile(name);
  if (file !== undefined) return await takeIn(context, file);
  const from = context.queue.pathOf(name);
  if (from === undefined) return DONE;
  const named = giveName(context, from, name);
  if (named.kind === "refused") return refused(named.why);
  return await letIn(context, { arrivedAs: name, name: named.name, survey: context.queue.surveyOf(name) });
}

/** Makes a whole file the info file of a folder of its name; that waits at once, or arrives anew where the file is no longer as it was. */
async function takeIn(context: Context, file: JobFile): Promise<Performed> {
  const { layout, queue, copyIns, log } = context;
  const arrivedAs = file.entry.name;
  const folder = await prepareFolder(layout, file);
  const name = freeNameOf(context, jobNameOfFile(arrivedAs) ?? arrivedAs, arrivedAs);
  const landing = landFile(layout, file, folder, name);
  if (landing.kind === "halfway") copyIns.noteHalfway(arrivedAs);
  if (landing.kind !== "moved") return refused(landing.why);
  queue.lookAtRenamed(landing.name);
  log.info("job made of a file", { job: landing.name, file: arrivedAs });
  const landed = path.join(layout.queue, landing.name);
  // Moved is moved: what a power cut takes back, the next manager finds where it was.
  await syncAll([landed, layout.queue]).catch(() => undefined);
  if (!landing.isUnchanged) return UNFINISHED;
  const survey = new Surveyor(landed).advance(Number.POSITIVE_INFINITY);
  return await letIn(context, { arrivedAs, name: landing.name, survey });
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
  const config = context.config();
  // Taken before the file is read: an edit that comes in between must not pass for what was read.
  const infoFile = infoFileOf(folder, config.jobFiles) ?? "";
  const stamp = infoStamp(folder, infoFile);
  const checked = readJobInfo(folder, config, ownerOnDisk(folder));
  if (checked.kind === "problems")
    return await refuse(context, folder, name, checked.problems.map(describeProblem));
  const isSame = checked.value.infoFile === infoFile;
  const info = infoOfChild(checked.value, readOrigin(folder)?.childOf);
  letWait(context, { ...arrived, folder, info, infoStamp: isSame ? stamp : "" });
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
  const number = before?.number ?? keepOrGiveNumber(context, folder, readJobRecordOrThrow(folder));
  // Before it passes for one that arrives as any other.
  if (info.childOf !== undefined)
    context.spreads.noteAdmitted(info.childOf, name, identityOf(fs.lstatSync(folder)));
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
      info: reassignedInfo(info, before?.reassigned),
      reassigned: before?.reassigned,
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
