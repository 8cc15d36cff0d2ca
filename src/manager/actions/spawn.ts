import path from "node:path";
import { ownEnvironment } from "../../disk/system-users.ts";
import { recordAtStart } from "../../job/build-record.ts";
import type { Launch } from "../../job/launch.ts";
import { formatProcessorList } from "../../job/processor-sets.ts";
import { isShared } from "../../queue/access.ts";
import { markSpawning } from "../../queue/attempts/attempt-marks.ts";
import { readJobRecord, writeInputs, writeStartRecord } from "../../queue/books/job-records.ts";
import { putOldLogAside } from "../../queue/files/job-log.ts";
import { makeTemporaryFolder } from "../../queue/files/trash.ts";
import { findWorkingDirectory } from "../../queue/intake/working-directory.ts";
import { JOB_FILES } from "../../queue/layout.ts";
import { originalPart } from "../../queue/origin.ts";
import { escapeControls } from "../../text/escape.ts";
import { localTime } from "../../text/local-time.ts";
import { removeDeadStart } from "../../worker/process/attempt-records.ts";
import { resolveCommand } from "../../worker/process/command.ts";
import { jobEnvironment } from "../../worker/process/environment.ts";
import { currentBootId, currentPidNamespace } from "../../worker/process/identity.ts";
import { startersOpenFiles } from "../../worker/process/open-file-limit.ts";
import type { ShimOrder } from "../../worker/process/spawn-shim.ts";
import { type Context, DONE, type Performed, refused } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";
import { giveBack } from "./claim.ts";

// Taken once: every look at a variable of the process's own asks the system.
const managerEnvironment = ownEnvironment({ ...process.env });

/** Gets the folder ready and spawns the shim. Repeated after a crash it changes nothing that is there already. */
export function spawn(context: Context, run: ObservedRun): Performed {
  const { launch, attempt } = run;
  context.tenure.confirm();
  if (areProcessorsGone(context, launch))
    return giveBack(context, run, "its processors are not there any more");
  const failure = context.memory.shimSpawned.get(launch.runId);
  context.memory.shimSpawned.delete(launch.runId);
  if (failure !== undefined) return refused(failure);
  const workingDirectory = workingDirectoryOf(context, run);
  // It has been there when the job was admitted: that is judged anew.
  if (workingDirectory === undefined)
    return giveBack(context, run, "the folder that it is to run in is not there any more");
  prepareFolder(context, run);
  markSpawning(attempt.folder, currentBootId(), currentPidNamespace());
  // Never any other: a shim of an earlier manager may have passed since this one was looked at.
  if (run.state.kind === "claimed" && run.state.start === "dead") removeDeadStart(attempt.folder);
  order(context, run, workingDirectory);
  const { name, attempt: number, processors } = launch;
  context.log.info("job started", { job: name, attempt: number, processors });
  return DONE;
}

// Granted by an earlier manager, perhaps on the machine before it was made smaller: it is to be granted others.
function areProcessorsGone({ pinning }: Context, { processorIds = [] }: Launch): boolean {
  const present = pinning.kind === "available" ? pinning.processors : [];
  return processorIds.length > 0 && !processorIds.some((id) => present.includes(id));
}

function workingDirectoryOf({ config }: Context, { launch, jobFolder }: ObservedRun): string | undefined {
  const { workingDirectory: written } = launch.info;
  return written === undefined ? jobFolder : findWorkingDirectory(written, jobFolder, config().qmFolder);
}

function order(context: Context, run: ObservedRun, workingDirectory: string): void {
  const { memory, wake, spawnShim } = context;
  const { runId } = run.launch;
  const order = shimOrder(context, run, workingDirectory);
  memory.pendingShims.add(runId);
  memory.shimSpawned.set(runId, "its supervisor could not start: the disk may be full");
  spawnShim(order, (failure) => {
    memory.pendingShims.delete(runId);
    if (failure !== undefined && memory.shimSpawned.has(runId))
      memory.shimSpawned.set(runId, `it cannot be started: ${failure}`);
    wake();
  });
}

function shimOrder(context: Context, run: ObservedRun, workingDirectory: string): ShimOrder {
  const { launch, jobFolder, attempt } = run;
  const environment = environmentOf(context, run);
  return {
    attemptFolder: attempt.folder,
    jobFolder,
    workingDirectory,
    log: path.join(jobFolder, JOB_FILES.log),
    firstLogLine: firstLogLine(launch, context),
    command: resolveCommand(launch.info.script, workingDirectory, environment["PATH"] ?? ""),
    umask: isShared(jobFolder) ? "g=rwx" : undefined,
    openFiles: openFiles(),
    environment,
    processors: launch.processorIds,
    manager: process.pid,
    // Once the command may run, nobody may find the job in the queue again, or its attempt unmarked, whatever comes.
    syncFirst: [attempt.folder, context.layout.running],
  };
}

function openFiles(): string {
  const limit = startersOpenFiles();
  return Number.isFinite(limit) ? String(limit) : "unlimited";
}

// The record of this attempt is written last, so where it is there the rest is.
function prepareFolder(context: Context, { launch, jobFolder }: ObservedRun): void {
  if (readJobRecord(jobFolder)?.runId === launch.runId) return;
  putOldLogAside(jobFolder);
  writeInputs(jobFolder, launch.info.infoFile);
  makeTemporaryFolder(context.layout, jobFolder);
  writeStartRecord(jobFolder, {
    ...recordAtStart(launch, context.place),
    ...originalPart(context.layout, jobFolder),
  });
}

function firstLogLine(launch: Launch, { place }: Context): string {
  const ids = launch.processorIds === undefined ? "" : ` (${formatProcessorList(launch.processorIds)})`;
  const warnings = warningsOf(launch).map((warning) => `; warning: ${escapeControls(warning)}`);
  const at = localTime(new Date().toISOString());
  return `[QM] started ${at} on ${place.worker}, attempt ${launch.attempt}, processors: ${launch.processors}${ids}${warnings.join("")}`;
}

function warningsOf({ info, processors }: Launch): readonly string[] {
  const { warnings = [] } = info;
  if (info.processors <= processors) return warnings;
  return [`nb_proc ${info.processors} was lowered to ${processors}, all there are`, ...warnings];
}

function environmentOf(context: Context, { launch, jobFolder }: ObservedRun): Record<string, string> {
  const { qmFolder, jobEnvironment: extra } = context.config();
  const { worker } = context.place;
  const temporary = path.join(jobFolder, JOB_FILES.temporary);
  const job = { launch, dir: jobFolder, temporary, qmFolder, worker, startsAtMs: Date.now() };
  return jobEnvironment({ base: managerEnvironment, extra, job });
}
