import { hasManager } from "../../app/manager-state.ts";
import { redoJob } from "../../app/redo-job.ts";
import { findJobs, forEachJob } from "../each-job.ts";
import { openExistingQueueToAct } from "../existing-queue.ts";
import type { Session } from "../session.ts";
import { note, writeNames } from "../terminal/output.ts";
import type { AddVerb } from "../verb.ts";

/**
 * `qm redo JOB…`: moves ended jobs back into the queue, as their next attempt; prints their names. With `--clean` what
 * the job wrote is removed first, by the list of what lay there when it started; refused where an input has changed.
 */
export const addRedo: AddVerb = (program, bind) => {
  program
    .command("redo")
    .description("run ended jobs again; the old log is kept as process.1.log")
    .argument("<job...>", "names of finished or lost jobs")
    .option("--clean", "remove what the job wrote: start from its inputs alone")
    .action(bind(redo));
};

async function redo(
  session: Session,
  names: readonly string[],
  { clean }: { readonly clean?: boolean },
): Promise<number> {
  const queue = openExistingQueueToAct(session);
  const found = findJobs(session, queue, names, ["finished", "lost"]);
  const exitCode = await forEachJob(session, found, (job) => {
    writeNames(session.io, [redoJob(queue.layout, job, { clean: clean === true })]);
  });
  if (exitCode === 0 && !hasManager(queue.layout, session.services))
    note(session.io, "no manager runs: the jobs wait until `qm start`");
  return exitCode;
}
