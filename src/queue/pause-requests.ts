import { findRequests, PAUSE_REQUEST, pauseRequestOf } from "./request-files.ts";
import { requestedBy, requestLines } from "./requests.ts";

/** The pauses of a queue. */
export interface FoundPauses {
  /** The whole queue is paused, or may be: while a disk in trouble does not tell, nothing starts. */
  readonly isPaused: boolean;
  /** The paused workers by their names, each with who paused it and the note, in words. */
  readonly workers: ReadonlyMap<string, string>;
}

/** Looks for the files in `QM_FOLDER` that pause the queue or one of these workers. */
export function findPauses(root: string, workers: readonly string[]): FoundPauses {
  const { files, trouble } = findRequests(root, [PAUSE_REQUEST, ...workers.map(pauseRequestOf)]);
  const isAsked = (wanted: string) => files.some(({ request }) => request === wanted);
  const paused = workers.filter((name) => isAsked(pauseRequestOf(name)));
  return {
    isPaused: trouble !== undefined || isAsked(PAUSE_REQUEST),
    workers: new Map(paused.map((name) => [name, describePause(root, name)])),
  };
}

function describePause(root: string, worker: string): string {
  const request = pauseRequestOf(worker);
  const note = requestLines(root, request)[1] ?? "";
  return `paused by ${requestedBy(root, request)}${note === "" ? "" : `: ${note}`}`;
}
