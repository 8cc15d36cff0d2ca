import { explain } from "../../queue/explain.ts";
import {
  type FoundRequests,
  findRequests,
  JOB_REQUESTS,
  type RequestFile,
} from "../../queue/request-files.ts";
import { removeRequestFile } from "../../queue/requests.ts";
import type { Context } from "../context.ts";

const TRIES = 3;

/** One of these may have decided the end of a job: it stays until the folder has been moved. */
const DECISIVE: readonly string[] = [JOB_REQUESTS.kill, JOB_REQUESTS.lost];

/**
 * Takes all requests but those that may have decided its end out of a folder that is about to rest. One that may not be
 * removed there stays.
 */
export function removeUndecisive(folder: string): void {
  for (const file of tryToFind(folder).files) if (!DECISIVE.includes(file.request)) tryToRemove(folder, file);
}

/**
 * Takes all requests out of a folder of an ended job. The job is where it rests, and nobody comes back to it: what can be done
 * is done now, and the rest is told.
 */
export function removeLeftover({ log }: Pick<Context, "log">, folder: string): void {
  const { files, trouble } = tryToFind(folder);
  const tell = (what: string, why: string) =>
    log.warn(`take ${what} out of this folder by hand, or it counts when the job is redone`, { folder, why });
  for (const file of files) {
    const why = tryToRemove(folder, file);
    if (why !== undefined) tell(file.name, why);
  }
  if (trouble !== undefined) tell("any request", explain(trouble));
}

/** The requests that the disk shows, after some tries where it does not tell of all. */
function tryToFind(folder: string): FoundRequests {
  for (let tries = 1; ; tries += 1) {
    const found = findRequests(folder);
    if (found.trouble === undefined || tries === TRIES) return found;
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
