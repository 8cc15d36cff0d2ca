import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { formatProcessorList } from "../job/processor-sets.ts";
import { inheritedDescriptors, withhold } from "./inherited-descriptors.ts";
import { startersOpenFiles } from "./open-file-limit.ts";
import { allowedProcessors, findTaskset } from "./pinning.ts";

/** One attempt of one job, ready to be started. Paths are absolute. */
export interface ShimOrder {
  readonly attemptFolder: string;
  readonly jobFolder: string;
  /** Written to the job's log by the shim that passes, before the command runs; one line without its newline. */
  readonly firstLogLine: string;
  /** For `/bin/sh -c`. */
  readonly command: string;
  /** For the command, as `umask` takes it; the manager's own when absent. */
  readonly umask?: string | undefined;
  /** The job's whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Processors to bind the job to; left free when absent, empty, or taskset is missing. */
  readonly processors?: readonly number[] | undefined;
  /** The job's log, open for append; stays the caller's to close. */
  readonly logFd: number;
  /** The shim has ended, passed or not. A hint to look at its records, nothing more. */
  readonly onExit: () => void;
}

/** `failed` leaves nothing behind and may be tried again. */
export type ShimSpawn = { readonly kind: "spawned" } | { readonly kind: "failed"; readonly why: string };

// From its place in the program as it is built, too.
const SHIM = fileURLToPath(new URL("../worker/shim.sh", import.meta.url));

/** Starts a shim in a session of its own, so that it outlives this process. Never throws. */
export async function spawnShim(order: ShimOrder): Promise<ShimSpawn> {
  try {
    const obstacle = obstacleTo(order);
    if (obstacle !== undefined) return { kind: "failed", why: obstacle };
    return await settle(spawnDetached(order), order.onExit);
  } catch (error) {
    return failure(error);
  }
}

// Faults that the system would report in words that point elsewhere, or only after the shim's process was made.
function obstacleTo({ jobFolder, processors = [] }: ShimOrder): string | undefined {
  if (!fs.existsSync(jobFolder)) return "the job's folder is gone";
  const allowed = new Set(allowedProcessors());
  if (processors.length === 0 || processors.some((processor) => allowed.has(processor))) return undefined;
  return `processors ${formatProcessorList([...processors])} are not there for the manager any more`;
}

function spawnDetached(order: ShimOrder): ChildProcess {
  const { attemptFolder, jobFolder, firstLogLine, command, umask = "", logFd } = order;
  const shim = [
    "/bin/sh",
    SHIM,
    attemptFolder,
    firstLogLine,
    command,
    openFiles(),
    umask,
    String(process.pid),
  ];
  const withheld = withhold(inheritedDescriptors(), logFd);
  const [program = "", ...args] = [...withheld.prefix, ...pinningPrefix(order.processors), ...shim];
  return spawn(program, args, {
    cwd: jobFolder,
    env: { ...order.environment },
    stdio: ["ignore", logFd, logFd, ...withheld.stdio],
    detached: true,
  });
}

// As ulimit takes it.
function openFiles(): string {
  const limit = startersOpenFiles();
  return Number.isFinite(limit) ? String(limit) : "unlimited";
}

function pinningPrefix(processors: readonly number[] = []): string[] {
  const taskset = processors.length === 0 ? undefined : findTaskset();
  return taskset === undefined ? [] : [taskset, "-c", formatProcessorList([...processors])];
}

// Node reports some failures by throwing, others by an event that would end this process if nobody listened.
function settle(child: ChildProcess, onExit: () => void): Promise<ShimSpawn> {
  child.once("exit", onExit);
  child.unref();
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(failure(error)));
    child.once("spawn", () => resolve({ kind: "spawned" }));
  });
}

function failure(error: unknown): ShimSpawn {
  return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
}
