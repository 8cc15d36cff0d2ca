import { QmError } from "../../core/errors.ts";
import { SHELVES } from "../../folders/layout.ts";
import { removeJobFolder } from "../../folders/trash.ts";
import { confirm } from "../ask.ts";
import { findJobs, forEachJob } from "../each-job.ts";
import { openExistingQueue } from "../existing-queue.ts";
import { type FoundJob, SHELF_WORDS } from "../job-lookup.ts";
import { note } from "../output.ts";
import type { Session } from "../session.ts";
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
  const queue = openExistingQueue(session);
  // An ended job comes before a newcomer of the same name that is still to get another.
  const found = findJobs(session, queue, names, ["finished", "lost", ...SHELVES]);
  const ended = found.jobs.filter(hasEnded);
  const touched = ended.map(({ folder }) => `  ${folder}`);
  if (ended.length > 0) await confirm(io, ["Will be deleted, with all that is in them:", ...touched], yes);
  return await forEachJob(session, found, (job) => {
    if (!hasEnded(job)) throw notEnded(job);
    const removal = removeJobFolder(queue.layout, job.folder);
    if (removal.kind === "refused")
      throw new QmError("failed", `«${job.name}» cannot be deleted (${removal.why})`, {
        path: job.folder,
        mend: "ask for the right to write in its folder, in the one it lies in and in .qm/trash",
      });
    if (removal.kind === "left")
      throw new QmError(
        "failed",
        `«${job.name}» is gone, but parts of it could not be removed (${removal.why})`,
        {
          path: removal.trash,
          mend: "remove the folder by hand",
        },
      );
    note(io, `deleted: ${job.name}`);
  });
}

function hasEnded({ shelf }: FoundJob): boolean {
  return shelf === "finished" || shelf === "lost";
}

function notEnded({ name, shelf, folder }: FoundJob): QmError {
  return new QmError("refused", `«${name}» is ${SHELF_WORDS[shelf]} and cannot be deleted`, {
    path: folder,
    mend: "end it first with `qm kill`",
  });
}
