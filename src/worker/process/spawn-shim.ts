import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { syncAll } from "../../disk/file-batch.ts";
import { openToAppend } from "../../disk/open-file.ts";
import { formatProcessorList } from "../../job/processor-sets.ts";
import { findProgram, SYSTEM_PATH } from "./find-program.ts";
import { allowedProcessors, findTaskset } from "./pinning.ts";

/** One attempt of one job, ready to be started. Paths are absolute. */
export interface ShimOrder {
  readonly attemptFolder: string;
  readonly jobFolder: string;
  /** The folder that the command is run in. */
  readonly workingDirectory: string;
  /** The job's log: a file, through no link, made where it is absent. */
  readonly log: string;
  /** Written to the log by the shim that passes, before the command runs; one line without its newline. */
  readonly firstLogLine: string;
  /** For `/bin/sh -c`. */
  readonly command: string;
  /** For the command, as `umask` takes it; the manager's own when absent. */
  readonly umask?: string | undefined;
  /** The soft limit of open files, for the command, as `ulimit` takes it. */
  readonly openFiles: string;
  /** The job's whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Processors to bind the job to; left free when absent, empty, or taskset is missing. */
  readonly processors?: readonly number[] | undefined;
  /** The number of the manager's process. */
  readonly manager: number;
  /** Folders to be synced before the command may run. */
  readonly syncFirst: readonly string[];
}

/**
 * Hears once that a shim has ended, passed or not: a hint to look at its records.
 * @param failure the reason why there was none; it has left nothing behind and may be tried again
 */
export type OnShimEnd = (failure?: string) => void;

// From its place in the program as it is built, too.
const SHIM = fileURLToPath(new URL("../process/shim.sh", import.meta.url));

/** Spawns a shim, from whatever process. Never throws. */
export type SpawnShim = (order: ShimOrder, onEnd: OnShimEnd) => void;

/** Starts a shim in a session of its own, so that it outlives this process. Never throws. */
export const spawnShim: SpawnShim = (order, onEnd) => void syncAndSpawn(order, onEnd);

async function syncAndSpawn(order: ShimOrder, onEnd: OnShimEnd): Promise<void> {
  try {
    await syncAll(order.syncFirst);
    const obstacle = obstacleTo(order);
    if (obstacle === undefined) listen(spawnDetached(order), onEnd);
    else onEnd(obstacle);
  } catch (error) {
    onEnd(error instanceof Error ? error.message : String(error));
  }
}

// Node reports some failures by throwing, others by an event that would end this process if nobody listened.
function listen(child: ChildProcess, onEnd: OnShimEnd): void {
  child.once("exit", () => onEnd());
  child.on("error", (error) => onEnd(error.message));
  child.unref();
}

// Faults that the system would report in words that point elsewhere, or only after the shim's process was made.
function obstacleTo({ jobFolder, processors = [] }: ShimOrder): string | undefined {
  if (!fs.existsSync(jobFolder)) return "the job's folder is gone";
  if (processors.length === 0) return undefined;
  const allowed = new Set(allowedProcessors());
  if (processors.some((processor) => allowed.has(processor))) return undefined;
  return `processors ${formatProcessorList([...processors])} are not there for the manager any more`;
}

function spawnDetached(order: ShimOrder): ChildProcess {
  const { attemptFolder, workingDirectory, firstLogLine, command, umask = "", openFiles, manager } = order;
  const setsid = findProgram("setsid", SYSTEM_PATH) ?? "setsid";
  const given = [attemptFolder, firstLogLine, command, openFiles, umask, String(manager), setsid];
  const shim = ["/bin/sh", SHIM, ...given];
  using log = openToAppend(order.log);
  const [program = "", ...args] = [...pinningPrefix(order.processors), ...shim];
  return spawn(program, args, {
    cwd: workingDirectory,
    env: { ...order.environment },
    stdio: ["ignore", log.handle, log.handle],
    detached: true,
  });
}

function pinningPrefix(processors: readonly number[] = []): string[] {
  const taskset = processors.length === 0 ? undefined : findTaskset();
  return taskset === undefined ? [] : [taskset, "-c", formatProcessorList([...processors])];
}
