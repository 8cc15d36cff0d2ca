import fs from "node:fs";
import path from "node:path";
import { isTrouble } from "../disk/error-code.ts";
import type { EntryLook } from "../disk/tree.ts";

/** Files that ask for something by lying in a job's folder, in the spelling in which this program makes them. */
export const JOB_REQUESTS = {
  kill: "QM_KILL",
  hold: "QM_HOLD",
  top: "QM_TOP",
  ready: "QM_READY",
  lost: "QM_LOST",
  reassign: "QM_REASSIGN",
} as const;

/** The second line of the request to give a run up, where its machine is off: nothing of the job lives. */
export const MACHINE_IS_OFF = "machine is off";

/** The file in `QM_FOLDER` that keeps every job from starting. */
export const PAUSE_REQUEST = "QM_PAUSE";

/** The file in `QM_FOLDER` that keeps jobs from starting on one worker: `QM_PAUSE.LAB2`. */
export function pauseRequestOf(worker: string): string {
  return `${PAUSE_REQUEST}.${worker.toUpperCase()}`;
}

/** A longer file of such a name is the job's own. */
export const MAX_REQUEST_BYTES = 4096;

const JOB_NAMES: readonly string[] = Object.values(JOB_REQUESTS);

/** In any case of letters, and with one ending `.txt`, which Windows adds and hides. */
const ANY_SPELLING = new RegExp(
  `^(${JOB_NAMES.join("|")}|${PAUSE_REQUEST}(?:\\.[a-z0-9][a-z0-9._-]*?)??)(?:\\.txt)?$`,
  "i",
);

/** A request as it lies in a folder. */
export interface RequestFile {
  /** The request itself: the name in this program's own spelling. */
  readonly request: string;
  /** The name as it is spelt there. */
  readonly name: string;
}

/** The requests found in a folder, by their names, and what kept others from being found. */
export interface FoundRequests {
  readonly files: readonly RequestFile[];
  /** The disk, or a lack of handles: there may be others. */
  readonly trouble?: unknown;
}

/**
 * The one rule for what is a request: a file of a request's name, in any spelling, of 4 KB at most, right in the folder. All else is
 * the job's own, as are a folder of such a name and `qm_top.pdb`. Links count as what they are, small.
 */
export function isRequestEntry({ path: relative, type, bytes }: EntryLook): boolean {
  const request = requestSpelled(relative.toString("latin1"));
  return (
    type !== "folder" && bytes <= MAX_REQUEST_BYTES && request !== undefined && JOB_NAMES.includes(request)
  );
}

/**
 * Looks for requests in a folder. One that cannot be listed is asked for each in this program's own spelling.
 * @param wanted their names in that spelling; by default what may lie in a job's folder
 */
export function findRequests(folder: string, wanted = JOB_NAMES): FoundRequests {
  let trouble: unknown;
  // In a folder that may not be entered there is nothing to be seen, and that is no trouble.
  const look = <T>(see: () => T, otherwise: T): T => {
    try {
      return see();
    } catch (error) {
      if (isTrouble(error)) trouble ??= error;
      return otherwise;
    }
  };
  const files = look(() => fs.readdirSync(folder).sort(), wanted)
    .map((name) => ({ name, request: requestSpelled(name) ?? "" }))
    .filter(({ request }) => wanted.includes(request))
    .filter(({ name }) => look(() => isRequestFile(path.join(folder, name)), false));
  return trouble === undefined ? { files } : { files, trouble };
}

function requestSpelled(name: string): string | undefined {
  return ANY_SPELLING.exec(name)?.[1]?.toUpperCase();
}

/** True where something of a request's name is one. Throws where the disk does not tell. */
export function isRequestFile(file: string): boolean {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  return found !== undefined && !found.isDirectory() && found.size <= MAX_REQUEST_BYTES;
}
