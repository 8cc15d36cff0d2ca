import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../../src/disk/error-code.ts";
import type { ProcessIdentity } from "../../src/worker/process/identity.ts";
import type { JobOptions } from "../support/queue-folder.ts";
import type { TestQueue } from "../support/test-queue.ts";
import { until } from "../support/until.ts";

/** The kernel's name for an earlier run of the machine. */
export const OTHER_BOOT = "00000000-0000-4000-8000-000000000000";

/**
 * Runs a job until it has written `up`, then ends manager, supervisor and job at one blow, as a power cut does.
 * Returns the folder of the attempt's records.
 */
export async function crashAmid(queue: TestQueue, name: string, options: JobOptions): Promise<string> {
  const manager = await queue.start();
  queue.deliver(name, options);
  await queue.wrote(name, "up");
  await manager.kill();
  await until("the end of everything", () => {
    const left = queue.processes();
    for (const pid of left) killIfThere(pid);
    return left.length === 0;
  });
  return path.join(queue.layout.state, "workers/here", `${name}.1`);
}

// One may end of itself when the one before it is killed.
function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}

/** Makes the attempt look as if this process had been its supervisor. */
export function writeStart(attempt: string, { bootId, pid, startTicks }: ProcessIdentity): void {
  fs.writeFileSync(path.join(attempt, "start"), `${bootId} ${pid} ${startTicks} end\n`);
}

/** Changes some fields of one of the attempt's records. */
export function amendRecord(attempt: string, name: string, changes: object): void {
  const file = path.join(attempt, name);
  const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : {};
  fs.writeFileSync(file, JSON.stringify({ ...before, ...changes }));
}
