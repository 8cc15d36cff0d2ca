import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { recordAtStart } from "../core/build-record.ts";
import { ownerOf } from "../core/job-info.ts";
import type { Launch } from "../core/launch.ts";
import { formatProcessorList, grantProcessors } from "../core/processor-sets.ts";
import type { Start } from "../core/schedule.ts";
import type { Admission } from "../folders/admissions.ts";
import { openJobLog, putOldLogAside } from "../folders/job-log.ts";
import { readJobRecord, writeInputs, writeJobRecord } from "../folders/job-records.ts";
import { moveJob, moveJobStrictly } from "../folders/move.ts";
import { localTime } from "../folders/status-text.ts";
import { Surveyor } from "../folders/survey.ts";
import { revokeStart } from "../process/attempt-records.ts";
import { resolveCommand } from "../process/command.ts";
import { jobEnvironment } from "../process/environment.ts";
import { currentBootId } from "../process/identity.ts";
import { spawnShim } from "../process/spawn-shim.ts";
import { accountFor } from "./account.ts";
import { type Context, DONE, type Performed, refused } from "./context.ts";
import { nextAttempt } from "./perform-queue.ts";
import { killRequester } from "./perform-run.ts";
import type { ObservedRun } from "./run-scan.ts";

const SURVEY_BUDGET_MS = 20;

/** Writes down the launch, then claims the job by one rename. */
export function claim(context: Context, name: string, start: Start, runs: readonly ObservedRun[]): Performed {
  const admission = context.admissions.get(name);
  const folder = context.queue.pathOf(name);
  if (admission === undefined || typeof folder !== "string") return DONE;
  const attempt = context.attempts.create(newLaunch(context, admission, folder, start, runs));
  const moved = moveJobStrictly(folder, context.layout.running, name);
  if (moved.kind === "moved") return DONE;
  context.attempts.remove(attempt);
  return refused(moved.why);
}

/** Takes one more look at a claimed folder: one that changed since it was admitted is not whole after all. */
export function verify(context: Context, run: ObservedRun, surveyors: Map<string, Surveyor>): Performed {
  const { runId, fingerprint } = run.launch;
  const surveyor = surveyors.get(runId) ?? new Surveyor(run.jobFolder);
  const survey = surveyor.advance(SURVEY_BUDGET_MS);
  if (survey === undefined) {
    surveyors.set(runId, surveyor);
    return { kind: "unfinished" };
  }
  surveyors.delete(runId);
  if (survey.fingerprint !== fingerprint) return giveBack(context, run, "it changed after it was admitted");
  context.attempts.markVerified(run.attempt);
  return DONE;
}

/** Gets the folder ready and spawns the shim. Repeated after a crash it changes nothing that is there already. */
export async function spawn(context: Context, run: ObservedRun): Promise<Performed> {
  const { launch, jobFolder, attempt } = run;
  prepareFolder(context, run);
  fs.rmSync(path.join(attempt.folder, "start"), { force: true });
  const logFd = openJobLog(jobFolder);
  try {
    context.pendingShims.add(launch.runId);
    const environment = environmentOf(context, run);
    const spawned = await spawnShim({
      attemptFolder: attempt.folder,
      jobFolder,
      firstLogLine: firstLogLine(launch, context),
      command: resolveCommand(launch.info.script, jobFolder, environment["PATH"] ?? ""),
      environment,
      processors: launch.processorIds,
      logFd,
      onExit: () => {
        context.pendingShims.delete(launch.runId);
        context.wake();
      },
    });
    if (spawned.kind === "spawned") return started(context, run);
    context.pendingShims.delete(launch.runId);
    return refused(`it cannot be started: ${spawned.why}`);
  } finally {
    fs.closeSync(logFd);
  }
}

/** Ends a claim before the job has started, as killed. */
export function cancel(context: Context, run: ObservedRun): Performed {
  if (!takesBack(run)) return DONE;
  const outcome = { kind: "killed" as const, by: killRequester(run) };
  return accountFor(context, run, outcome, { endedAtMs: Date.now() }, "finished");
}

/** Moves a claimed job that has not started back to the queue, where it keeps its place. */
export function giveBack(context: Context, run: ObservedRun, why: string): Performed {
  if (!takesBack(run)) return DONE;
  const { launch } = run;
  context.queue.readmit(admissionOf(launch));
  const moved = moveJob(run.jobFolder, context.layout.queue, launch.name);
  if (moved.kind === "refused") return refused(moved.why);
  context.attempts.remove(run.attempt);
  context.log.info("job went back to the queue", { job: launch.name, why });
  return DONE;
}

/** Forgets a claim whose folder was never moved, or was taken away before the start. */
export function abandon(context: Context, run: ObservedRun): Performed {
  if (!takesBack(run)) return DONE;
  context.attempts.remove(run.attempt);
  context.log.info("claim forgotten: the folder is not in QM_Jobs", { job: run.name });
  return DONE;
}

/** From here on no shim can start the attempt; false when one has. */
function takesBack(run: ObservedRun): boolean {
  const revoked = run.state.kind === "claimed" && run.state.revoked;
  return revoked || revokeStart(run.attempt.folder);
}

function newLaunch(
  context: Context,
  admission: Admission,
  folder: string,
  start: Start,
  runs: readonly ObservedRun[],
): Launch {
  const { name, info, fingerprint, admittedAtMs, place, sentToTop } = admission;
  const runId = crypto.randomBytes(16).toString("hex");
  const processorIds = grantIds(context, start.processors, runs);
  return {
    version: 1,
    name,
    attempt: nextAttempt(folder, runId),
    runId,
    bootId: currentBootId(),
    processors: start.processors,
    ...(processorIds === undefined ? {} : { processorIds }),
    ...(start.aheadOf === undefined ? {} : { aheadOf: start.aheadOf }),
    info,
    fingerprint,
    admittedAtMs,
    place,
    sentToTop,
    claimedAtMs: Date.now(),
  };
}

// Own processors only where there is one for each that may be granted.
function grantIds(
  context: Context,
  count: number,
  runs: readonly ObservedRun[],
): readonly number[] | undefined {
  const { pinning } = context;
  if (pinning.kind === "unavailable" || context.config().maxProcessors > pinning.processors.length)
    return undefined;
  const claimed = context.attempts.list().map((attempt) => attempt.launch);
  const taken = new Set(
    [...runs.map((run) => run.launch), ...claimed].flatMap((launch) => launch.processorIds ?? []),
  );
  return grantProcessors(pinning.processors, taken, count);
}

// The record of this attempt is written last, so where it is there the rest is.
function prepareFolder(context: Context, { launch, jobFolder }: ObservedRun): void {
  if (readJobRecord(jobFolder)?.runId === launch.runId) return;
  putOldLogAside(jobFolder);
  writeInputs(jobFolder);
  writeJobRecord(jobFolder, recordAtStart(launch, context.place));
}

function started(context: Context, { launch }: ObservedRun): Performed {
  const fields = { job: launch.name, attempt: launch.attempt, processors: launch.processors };
  context.log.info("job started", fields);
  return DONE;
}

function firstLogLine(launch: Launch, { place }: Context): string {
  const ids = launch.processorIds === undefined ? "" : ` (${formatProcessorList(launch.processorIds)})`;
  const wanted = launch.info.processors;
  const lowered =
    wanted > launch.processors
      ? `; warning: nb_proc ${wanted} was lowered to ${launch.processors}, all there are`
      : "";
  const at = localTime(new Date().toISOString());
  return `[QM] started ${at} on ${place.worker}, attempt ${launch.attempt}, processors: ${launch.processors}${ids}${lowered}`;
}

function environmentOf(context: Context, { launch, jobFolder }: ObservedRun): Record<string, string> {
  const { qmFolder, worker, jobEnvironment: extra } = context.config();
  const { timeLimitSeconds } = launch.info;
  const deadline =
    timeLimitSeconds === undefined ? undefined : new Date(Date.now() + timeLimitSeconds * 1000);
  return jobEnvironment({
    base: process.env,
    extra,
    job: {
      name: launch.name,
      dir: jobFolder,
      owner: ownerOf(launch.info),
      qmFolder,
      worker,
      attempt: launch.attempt,
      processors: launch.processors,
      timeLimitSeconds,
      deadline: deadline?.toISOString(),
      token: launch.runId,
    },
  });
}

function admissionOf({ name, place, sentToTop, admittedAtMs, info }: Launch): Admission {
  return {
    name,
    place,
    sentToTop,
    admittedAtMs,
    info,
    fingerprint: "",
    folderMtimeMs: 0,
    bytes: 0,
    files: 0,
  };
}
