import { deleteJob } from "../../app/delete-job.ts";
import { hasEnded } from "../../app/job-named.ts";
import { SHELVES } from "../../queue/layout.ts";
import { findJobs, forEachJob } from "../each-job.ts";
import { openExistingQueueToAct } from "../existing-queue.ts";
import type { Session } from "../session.ts";
import { confirm } from "../terminal/ask.ts";
import { note } from "../terminal/output.ts";
import type { AddVerb } from "../verb.ts";

/**
 * `qm delete JOB…`: removes the folders of ended jobs; their lines in the history stay. On a terminal it asks first;
 * elsewhere it acts. A waiting or running job is refused.
 */
export const addDelete: AddVerb = (program, bind) => {
  program
    .command("delete")
    .description("delete the folders of ended jobs for good (asks on a terminal)")
    .argument("<job...>", "names of finished or lost jobs")
    .option("-y, --yes", "do not ask")
    .action(bind(remove));
};

async function remove(
  session: Session,
  names: readonly string[],
  { yes }: { readonly yes?: boolean },
): Promise<number> {
  const { io } = session;
  const queue = openExistingQueueToAct(session);
  // An ended job comes before a newcomer of the same name that is still to get another.
  const found = findJobs(session, queue, names, ["finished", "lost", ...SHELVES]);
  const ended = found.jobs.filter(hasEnded);
  const touched = ended.map(({ folder }) => `  ${folder}`);
  if (ended.length > 0) await confirm(io, ["Will be deleted, with all that is in them:", ...touched], yes);
  return await forEachJob(session, found, async (job) => {
    await deleteJob(queue.layout, job);
    note(io, `deleted: ${job.name}`);
  });
}
