import path from "node:path";
import { ownEnvironment } from "../disk/system-users.ts";
import type { Launch } from "../job/launch.ts";
import { formatProcessorList } from "../job/processor-sets.ts";
import { isShared } from "../queue/access.ts";
import { findWorkingDirectory } from "../queue/intake/working-directory.ts";
import { JOB_FILES } from "../queue/layout.ts";
import { escapeControls } from "../text/escape.ts";
import { localTime } from "../text/local-time.ts";
import { withOwnLogs } from "./own-logs.ts";
import { resolveCommand } from "./process/command.ts";
import { jobEnvironment } from "./process/environment.ts";
import { startersOpenFiles } from "./process/open-file-limit.ts";
import type { ShimOrder } from "./process/spawn-shim.ts";
import type { Assigned } from "./worker-port.ts";

/** The settings in force that the process of a launch depends on. */
export type ShimSettings = (launch: Launch) => {
  readonly qmFolder: string;
  /** `[JobEnvironment]` of the configuration. */
  readonly jobEnvironment: Readonly<Record<string, string>>;
};

type Settings = ReturnType<ShimSettings> & { readonly worker: string };

// Taken once: every look at a variable of the process's own asks the system.
const starterEnvironment = ownEnvironment({ ...process.env });

/** The folder that the command is to be run in; undefined where it is not there. */
export function workingDirectoryOf(
  { attempt, jobFolder }: Assigned,
  settings: ShimSettings,
): string | undefined {
  const { workingDirectory: written } = attempt.launch.info;
  return written === undefined
    ? jobFolder
    : findWorkingDirectory(written, jobFolder, settings(attempt.launch).qmFolder);
}

/** All that a shim needs to run an attempt. Throws what the file system throws. */
export function shimOrder(
  { attempt, jobFolder }: Assigned,
  workingDirectory: string,
  settings: Settings,
): ShimOrder {
  const { launch, folder } = attempt;
  const environment = environmentOf(launch, jobFolder, settings);
  return {
    attemptFolder: folder,
    jobFolder,
    workingDirectory,
    log: path.join(jobFolder, JOB_FILES.log),
    firstLogLine: firstLogLine(launch, settings.worker),
    command: withOwnLogs(
      resolveCommand(launch.info.script, workingDirectory, environment["PATH"] ?? ""),
      jobFolder,
      launch.info,
    ),
    umask: isShared(jobFolder) ? "g=rwx" : undefined,
    openFiles: openFiles(),
    environment,
    processors: launch.processorIds,
    manager: process.pid,
    // Once the command may run, nobody may find the job in the queue again, or its attempt unmarked, whatever comes.
    syncFirst: [folder, path.dirname(jobFolder)],
  };
}

function openFiles(): string {
  const limit = startersOpenFiles();
  return Number.isFinite(limit) ? String(limit) : "unlimited";
}

function firstLogLine(launch: Launch, worker: string): string {
  const ids = launch.processorIds === undefined ? "" : ` (${formatProcessorList(launch.processorIds)})`;
  const warnings = warningsOf(launch).map((warning) => `; warning: ${escapeControls(warning)}`);
  const at = localTime(new Date().toISOString());
  return `[QM] started ${at} on ${worker}, attempt ${launch.attempt}, processors: ${launch.processors}${ids}${warnings.join("")}`;
}

function warningsOf({ info, processors }: Launch): readonly string[] {
  const { warnings = [] } = info;
  if (info.processors <= processors) return warnings;
  return [`nb_proc ${info.processors} was lowered to ${processors}, all there are`, ...warnings];
}

function environmentOf(launch: Launch, dir: string, settings: Settings): Record<string, string> {
  const { qmFolder, jobEnvironment: extra, worker } = settings;
  const temporary = path.join(dir, JOB_FILES.temporary);
  const job = { launch, dir, temporary, qmFolder, worker, startsAtMs: Date.now() };
  return jobEnvironment({ base: starterEnvironment, extra, job });
}
