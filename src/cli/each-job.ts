import { type FoundJob, findJob } from "../client/find-job.ts";
import type { Queue } from "../client/queue.ts";
import type { Shelf } from "../folders/layout.ts";
import { reportError } from "./report-error.ts";
import type { Session } from "./session.ts";

/** The jobs found by their names, and the exit code that the missing ones ask for, which have been told by then. */
export interface FoundJobs {
  readonly jobs: readonly FoundJob[];
  readonly exitCode: number;
}

/** Finds several jobs, telling of each that is not there. */
export function findJobs(
  { io }: Session,
  { layout }: Queue,
  names: readonly string[],
  shelves?: readonly Shelf[],
): FoundJobs {
  let exitCode = 0;
  const jobs = names.flatMap((name) => {
    try {
      return [findJob(layout, name, shelves)];
    } catch (error) {
      exitCode = firstFailure(exitCode, reportError(error, io));
      return [];
    }
  });
  const isFirst = (job: FoundJob, at: number) => jobs.findIndex(({ folder }) => folder === job.folder) === at;
  return { jobs: jobs.filter(isFirst), exitCode };
}

/** Does something to each job; one that fails is told and does not stop the others. Gives the first exit code not 0. */
export async function forEachJob(
  { io }: Session,
  { jobs, exitCode }: FoundJobs,
  act: (job: FoundJob) => Promise<void> | void,
): Promise<number> {
  let worst = exitCode;
  for (const job of jobs) {
    try {
      await act(job);
    } catch (error) {
      worst = firstFailure(worst, reportError(error, io));
    }
  }
  return worst;
}

function firstFailure(one: number, other: number): number {
  return one === 0 ? other : one;
}
