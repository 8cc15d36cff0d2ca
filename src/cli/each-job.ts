import { findJob } from "../app/find-job.ts";
import type { FoundJob } from "../app/job-named.ts";
import type { Queue } from "../app/queue.ts";
import type { Shelf } from "../queue/layout.ts";
import { reportError } from "./report-error.ts";
import type { Session } from "./session.ts";

/** The jobs found by their names, and the exit code that the missing ones ask for, which have been told by then. */
export interface FoundJobs {
  readonly jobs: readonly FoundJob[];
  readonly exitCode: number;
}

/** Finds several jobs, telling of each that is not there. */
export function findJobs(
  session: Session,
  { layout }: Queue,
  names: readonly string[],
  shelves?: readonly Shelf[],
): FoundJobs {
  const { found, exitCode } = findEach(session, names, (name) => findJob(layout, name, shelves));
  const isFirst = (job: FoundJob, at: number) =>
    found.findIndex(({ folder }) => folder === job.folder) === at;
  return { jobs: found.filter(isFirst), exitCode };
}

/** What `find` finds for each name; one for which it throws is told and does not stop the others. */
export function findEach<Found>(
  { io }: Session,
  names: readonly string[],
  find: (name: string) => Found,
): { readonly found: readonly Found[]; readonly exitCode: number } {
  let exitCode = 0;
  const found = names.flatMap((name) => {
    try {
      return [find(name)];
    } catch (error) {
      exitCode = firstFailure(exitCode, reportError(error, io));
      return [];
    }
  });
  return { found, exitCode };
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
