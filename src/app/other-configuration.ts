import path from "node:path";
import type { LoadedConfig } from "../config/config.ts";
import { valuesDigest } from "../config/diff.ts";
import { mostProcessors } from "../job/worker-status.ts";
import { type Layout, layoutOf } from "../queue/layout.ts";
import { QmError } from "../text/errors.ts";
import { type Liveness, type ManagerState, managerState } from "./manager-state.ts";
import type { Queue } from "./queue.ts";

/**
 * In plain words, that the queue's manager goes by other values than this process; undefined where none runs, where the values are
 * the same, and for one file, which the manager follows or has told the faults of.
 */
export function otherConfiguration(
  loaded: LoadedConfig,
  manager: ManagerState,
  liveness: Liveness,
): string | undefined {
  if (manager.kind === "absent") return otherFolder(loaded, liveness);
  const { configuration } = manager.status;
  if (configuration === undefined || configuration.file === loaded.file) return undefined;
  if (configuration.digest === valuesDigest(loaded)) return undefined;
  const theirs = configuration.file ?? "its defaults, without a file";
  const mend =
    configuration.file === undefined ? "a restart can give it a file" : "`--config` can name its file";
  return `the manager runs with other values: it goes by ${theirs}, and not by ${loaded.file ?? "the defaults"}; ${mend}`;
}

/** True where the queue's manager lives and has taken just these values from this file, its variables too. */
export function isInForce(loaded: LoadedConfig, manager: ManagerState): boolean {
  if (manager.kind === "absent" || loaded.file === undefined) return false;
  const { configuration } = manager.status;
  return configuration?.file === loaded.file && configuration.digest === valuesDigest(loaded);
}

function otherFolder({ file }: LoadedConfig, liveness: Liveness): string | undefined {
  const queue = queueOfFile(file, liveness);
  if (queue === undefined) return undefined;
  const mend = "another QM_FOLDER counts after its restart (`qm stop`, then `qm start`)";
  return `the manager that goes by ${file} looks after ${queue.root}: ${mend}`;
}

/** The queue of the living manager that goes by a configuration file, whatever folder that names now; undefined where none does. */
export function queueOfFile(file: string | undefined, liveness: Liveness): Layout | undefined {
  if (file === undefined) return undefined;
  // There a manager has its queue that began before the file was made, and perhaps as a user whose processes are closed to us.
  const beside = path.join(path.dirname(file), "QM");
  return [beside, ...(liveness.queuesHere?.() ?? [])].map(layoutOf).find((layout) => {
    const manager = managerState(layout, liveness);
    if (manager.kind === "absent" || manager.status.configuration === undefined) return false;
    const { file: theirs = layout.root === beside ? file : undefined } = manager.status.configuration;
    return theirs === file;
  });
}

/** The error of what needs a manager; it tells of one that goes by the same file and looks after another folder. */
export function noManager(
  { loaded, layout }: Queue,
  liveness: Liveness,
  message = "no manager of this queue runs",
): QmError {
  const elsewhere = otherConfiguration(loaded, managerState(layout, liveness), liveness);
  return new QmError("no_daemon", message, {
    path: layout.root,
    mend: elsewhere ?? "start one with `qm start`",
  });
}

/** The most processors that a job can get: as the manager has it, which may use others than this process; without one by the configuration. */
export function processorsInForce({ config, layout }: Queue, liveness: Liveness): number {
  const manager = managerState(layout, liveness);
  return manager.kind === "alive" ? mostProcessors(manager.status) : config.worker.processors;
}
