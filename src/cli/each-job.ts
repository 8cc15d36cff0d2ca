import { type FoundJob, findJob } from "../app/find-job.ts";
import type { Queue } from "../app/queue.ts";
import type { Stage } from "../queue/layout.ts";
import { reportError } from "./report-error.ts";
import type { Session } from "./session.ts";

/** The jobs found by their names, and the exit code that the missing ones ask for, which have been told by then. */
export interface FoundJobs {
  readonly jobs: readonly FoundJob[];
  readonly exitCode: number;
}

/** Finds several jobs, telling of each that is not there. */
export async function findJobs(
  session: Session,
  { layout }: Queue,
  names: readonly string[],
  stages?: readonly Stage[],
): Promise<FoundJobs> {
  const { made, exitCode } = await tryEach(session, names, (name) => findJob(layout, name, stages));
  const isFirst = (job: FoundJob, at: number) => made.findIndex(({ folder }) => folder === job.folder) === at;
  return { jobs: made.filter(isFirst), exitCode };
}

/** Does something to each job, as {@link tryEach}. Gives the first exit code not 0, that of the missing ones included. */
export async function forEachJob(
  session: Session,
  { jobs, exitCode }: FoundJobs,
  act: (job: FoundJob) => Promise<void> | void,
): Promise<number> {
  const tried = await tryEach(session, jobs, act);
  return exitCode === 0 ? tried.exitCode : exitCode;
}

/** Makes something of each item; one for which `make` throws is told and does not stop the others. Gives the first exit code not 0. */
export async function tryEach<Item, Made>(
  { io }: Session,
  items: readonly Item[],
  make: (item: Item) => Promise<Made> | Made,
): Promise<{ readonly made: readonly Made[]; readonly exitCode: number }> {
  let exitCode = 0;
  const made: Made[] = [];
  for (const item of items) {
    try {
      made.push(await make(item));
    } catch (error) {
      const code = reportError(error, io);
      exitCode ||= code;
    }
  }
  return { made, exitCode };
}
