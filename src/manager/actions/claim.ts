import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { currentBootId, currentMachineId } from "../../disk/machine.ts";
import type { Launch } from "../../job/launch.ts";
import { attemptAfter, type JobRecord, lossesBefore } from "../../job/record.ts";
import type { Start } from "../../plan/start-in-order.ts";
import type { Attempt } from "../../queue/attempts/attempts.ts";
import { readJobRecordOrThrow } from "../../queue/books/job-records.ts";
import type { Admission } from "../../queue/intake/admissions.ts";
import { identityOf } from "../../queue/intake/arrival.ts";
import { Surveyor } from "../../queue/intake/survey.ts";
import { moveJob, renameJobStrictly } from "../../queue/move.ts";
import { listFolderNames } from "../../queue/stages.ts";
import { readClaims } from "../../queue/workers/claim.ts";
import { withoutUndefined } from "../../text/without-undefined.ts";
import { AWAITED, type Context, DONE, type Performed, refused, UNFINISHED } from "../context.ts";
import { claimedRun, type ObservedRun } from "../run-scan.ts";
import { accountFor, dropClaims } from "./account.ts";
import { killIntent, killRequester } from "./end-run.ts";

const SURVEY_BUDGET_MS = 20;

/** Writes down the launch, then claims the job by one rename, and adds its run to the others. */
export async function claim(context: Context, start: Start, runs: ObservedRun[]): Promise<Performed> {
  const { name, processors, aheadOf } = start;
  if (context.admissions.get(name)?.info.runOnAll === true) return refused("its children alone are started");
  const port = context.workers.named(start.worker);
  const given = () => {
    const grant = port.grant(processors, launchesOf(context, runs));
    return { version: 1 as const, worker: start.worker, processors, aheadOf, ...grant };
  };
  const claimed = await claimFolder(context, name, runs, given);
  if (claimed.kind !== "claimed") return claimed;
  runs.push(claimedRun(claimed.attempt, path.join(context.layout.running, name), port));
  return DONE;
}

/** The part of a launch that is not the job's own. */
type Given = Pick<Launch, "version" | "processors" | "spread"> & {
  readonly worker?: string;
  readonly aheadOf?: string | undefined;
};

/**
 * Writes down the launch of a waiting job, then moves its folder to `QM_Jobs` by one rename.
 * @param given asked for once nothing stands in the way
 */
export async function claimFolder(
  context: Context,
  name: string,
  runs: readonly ObservedRun[],
  given: () => Given,
): Promise<Performed | { readonly kind: "claimed"; readonly attempt: Attempt }> {
  const admission = context.admissions.get(name);
  const folder = context.queue.pathOf(name);
  if (admission === undefined || typeof folder !== "string") return UNFINISHED;
  // Somebody may just have asked to hold it, or put something in: the next pass decides anew.
  if (!context.queue.confirms(name, performance.now())) return UNFINISHED;
  const latest = readJobRecordOrThrow(folder);
  const folderIdentity = identityOf(fs.lstatSync(folder));
  if ([...runs, ...context.spreads.last].some((run) => isTakenFrom(run, latest, folderIdentity)))
    return refused("its earlier run is still being ended");
  if (latest !== undefined && readClaims(folder).length > 0)
    return refused(
      `it may still live on ${latest.worker}, where it was given up: \`qm lost --again\` runs a fresh copy of it`,
    );
  // Its records are not to be removed with those of earlier jobs of that name.
  if (context.runScan.elsewhere.includes(name)) return refused("a job of its name runs on another machine");
  const attempt = await context.attempts.create({
    ...newLaunch(context, admission, latest, given()),
    folderIdentity,
  });
  context.tenure.confirm();
  const moved = renameJobStrictly(folder, context.layout.running, name);
  if (moved.kind === "refused") {
    const stage = stageOf(context, name);
    if (stage === "queue") context.attempts.remove(attempt);
    // In neither of the two: the next looks tell. Should it turn up in QM_Jobs, its launch is needed.
    if (stage !== "running") return refused(moved.why);
  }
  context.queue.forget(name);
  return { kind: "claimed", attempt };
}

/** Takes one more look at a claimed folder: one that changed since it was admitted is not whole after all. */
export function verify(context: Context, run: ObservedRun): Performed {
  const isSame = isAsAdmitted(context, run);
  if (isSame !== false) return isSame === undefined ? UNFINISHED : DONE;
  const givenBack = giveBack(context, run, CHANGED);
  return givenBack.kind === "refused" ? givenBack : UNFINISHED;
}

/** The reason why a claimed folder goes back to the queue that is no longer as it was. */
export const CHANGED = "it changed after it was admitted";

/** True where a claimed folder is the one that was admitted, which is noted then; undefined where telling takes longer. */
export function isAsAdmitted(
  context: Context,
  { launch, jobFolder, attempt }: Pick<ObservedRun, "launch" | "jobFolder" | "attempt">,
): boolean | undefined {
  const { surveyors } = context.memory;
  const { runId, fingerprint } = launch;
  const surveyor = surveyors.get(runId) ?? new Surveyor(jobFolder);
  const survey = surveyor.advance(SURVEY_BUDGET_MS);
  if (survey === undefined) {
    surveyors.set(runId, surveyor);
    return undefined;
  }
  surveyors.delete(runId);
  if (survey.fingerprint !== fingerprint) return false;
  context.attempts.markVerified(attempt);
  return true;
}

/**
 * True where somebody has put the folder of a run that is not accounted for into the queue, perhaps under another name. The job
 * may have deleted its record there, and some mounts give a folder another identity.
 */
function isTakenFrom(
  { folderPresent, launch }: Pick<ObservedRun, "folderPresent" | "launch">,
  latest: JobRecord | undefined,
  folderIdentity: string,
): boolean {
  return !folderPresent && (launch.runId === latest?.runId || launch.folderIdentity === folderIdentity);
}

/**
 * The folder in which a job lies whose rename has failed: on a network mount the answer of one that has worked may get lost. By the lists
 * of names, as some mounts tell of a single path what was true seconds ago.
 */
function stageOf({ layout }: Context, name: string): "queue" | "running" | undefined {
  return (["queue", "running"] as const).find((stage) => listFolderNames(layout[stage]).includes(name));
}

function newLaunch(
  context: Context,
  admission: Admission,
  latest: JobRecord | undefined,
  given: Given,
): Launch {
  const { folderMtimeMs: _mtime, infoStamp: _stamp, bytes: _bytes, files: _files, ...admitted } = admission;
  const runId = crypto.randomBytes(16).toString("hex");
  return withoutUndefined({
    ...admitted,
    number: admission.number ?? context.numbers.next(),
    attempt: attemptAfter(latest, runId),
    runId,
    bootId: currentBootId(),
    machineId: currentMachineId(),
    ...given,
    claimedAtMs: Date.now(),
    lostInARow: lossesBefore(latest) || undefined,
  });
}

function launchesOf({ attempts }: Context, runs: readonly ObservedRun[]): Launch[] {
  return [...runs.map((run) => run.launch), ...attempts.launches()];
}

/** Ends a claim before the job has started, as killed. */
export async function cancel(context: Context, run: ObservedRun): Promise<Performed> {
  if (!run.port.takeBack(run.attempt)) return notTakenBack(run);
  dropClaims(run);
  const by = run.end?.by ?? killRequester(run);
  context.attempts.recordEnd(run.attempt, killIntent(by));
  const outcome = { kind: "killed" as const, by };
  return await accountFor(context, run, outcome, { endedAtMs: Date.now() }, "finished");
}

/** Moves a claimed job that has not started back to the queue, where it keeps its place. */
export function giveBack(context: Context, run: ObservedRun, why: string): Performed {
  if (!run.port.takeBack(run.attempt)) return notTakenBack(run);
  dropClaims(run);
  return returnToQueue(context, run, why);
}

/** Moves a claimed folder, of which nothing can start, back to the queue. */
export function returnToQueue(
  context: Context,
  { launch, jobFolder, attempt }: Pick<ObservedRun, "launch" | "jobFolder" | "attempt">,
  why: string,
): Performed {
  context.queue.readmit(admissionOf(launch));
  const moved = moveJob(jobFolder, context.layout.queue, launch.name);
  if (moved.kind === "refused") return refused(moved.why);
  context.attempts.remove(attempt);
  context.log.info("job went back to the queue", { job: launch.name, why });
  return DONE;
}

/** Forgets a claim whose folder was never moved, or was taken away before the start. */
export function abandon(context: Context, run: ObservedRun): Performed {
  if (!run.port.takeBack(run.attempt)) return notTakenBack(run);
  context.attempts.remove(run.attempt);
  context.log.info("claim forgotten: the folder is not in QM_Jobs", { job: run.name });
  return DONE;
}

// On this machine it has started: the next look shows it.
function notTakenBack({ launch }: ObservedRun): Performed {
  return launch.remote === true ? AWAITED : DONE;
}

function admissionOf(launch: Launch): Admission {
  const { name, number, place, sentToTop, headSinceMs, admittedAtMs, info, reassigned } = launch;
  const kept = { name, number, place, sentToTop, headSinceMs, admittedAtMs, info, reassigned };
  const unseen = { fingerprint: "", folderMtimeMs: 0, bytes: 0, files: 0 };
  return withoutUndefined({ ...kept, ...unseen });
}
