import { JOB_REQUESTS, type JobRequest, removeRequest } from "../folders/requests.ts";
import type { Context } from "./context.ts";

const TRIES = 3;

const ALL = Object.keys(JOB_REQUESTS) as readonly JobRequest[];
const ALL_BUT_KILL = ALL.filter((request) => request !== "kill");

/**
 * Takes all requests but `QM_KILL`, which may have decided its end, out of a folder that is about to rest. One that may not be
 * removed there stays.
 */
export function removeUndecisive(folder: string): void {
  for (const request of ALL_BUT_KILL) tryToRemove(folder, request);
}

/**
 * Takes all requests out of a folder of an ended job. The job is where it rests, and nobody comes back to it: what can be done
 * is done now, and the rest is told.
 */
export function removeLeft({ log }: Pick<Context, "log">, folder: string): void {
  for (const request of ALL) {
    const why = tryToRemove(folder, request);
    if (why === undefined) continue;
    const name = JOB_REQUESTS[request];
    log.warn(`take ${name} out of this folder by hand, or it counts when the job is redone`, { folder, why });
  }
}

/** Gives the system's words where it stays. */
function tryToRemove(folder: string, request: JobRequest): string | undefined {
  for (let tries = 1; ; tries += 1) {
    try {
      removeRequest(folder, JOB_REQUESTS[request]);
      return undefined;
    } catch (error) {
      if (tries === TRIES) return String(error);
    }
  }
}
