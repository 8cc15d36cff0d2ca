import { findRequests, JOB_REQUESTS, type RequestFile } from "../folders/request-files.ts";
import { removeRequestFile } from "../folders/requests.ts";
import type { Context } from "./context.ts";

const TRIES = 3;

/**
 * Takes all requests but `QM_KILL`, which may have decided its end, out of a folder that is about to rest. One that may not be
 * removed there stays.
 */
export function removeUndecisive(folder: string): void {
  for (const file of findRequests(folder).files)
    if (file.request !== JOB_REQUESTS.kill) tryToRemove(folder, file);
}

/**
 * Takes all requests out of a folder of an ended job. The job is where it rests, and nobody comes back to it: what can be done
 * is done now, and the rest is told.
 */
export function removeLeft({ log }: Pick<Context, "log">, folder: string): void {
  for (const file of findRequests(folder).files) {
    const why = tryToRemove(folder, file);
    if (why === undefined) continue;
    log.warn(`take ${file.name} out of this folder by hand, or it counts when the job is redone`, {
      folder,
      why,
    });
  }
}

/** Gives the system's words where it stays. */
function tryToRemove(folder: string, file: RequestFile): string | undefined {
  for (let tries = 1; ; tries += 1) {
    try {
      removeRequestFile(folder, file);
      return undefined;
    } catch (error) {
      if (tries === TRIES) return String(error);
    }
  }
}
