import { mendOfSticky } from "../queue/access.ts";
import { moveToTrash, removeJobFolder } from "../queue/files/trash.ts";
import type { Layout } from "../queue/layout.ts";
import { QmError } from "../text/errors.ts";
import { SHELF_WORDS } from "./find-job.ts";
import { type FoundJob, hasEnded } from "./job-named.ts";

/**
 * Deletes the folder of an ended job for good; its line in the history stays. Throws `refused` for a job that has not
 * ended, `failed` where the system does not let it go.
 */
export async function deleteJob(layout: Layout, job: FoundJob): Promise<void> {
  if (!hasEnded(job)) throw notEnded(job);
  const removal = await removeJobFolder(layout, job.folder);
  if (removal.kind === "refused") throw cannotBeDeleted(job, removal.why);
  if (removal.kind === "left")
    throw new QmError(
      "failed",
      `«${job.name}» is gone, but parts of it could not be removed (${removal.why})`,
      {
        path: removal.trash,
        mend: "remove the folder by hand, or leave it to the page, which empties the trash",
      },
    );
}

/** As {@link deleteJob}, but its folder only goes into the trash, at once, for the caller to have that emptied. */
export function discardJob(layout: Layout, job: FoundJob): void {
  if (!hasEnded(job)) throw notEnded(job);
  const moved = moveToTrash(layout, job.folder);
  if (moved.kind === "refused") throw cannotBeDeleted(job, moved.why);
}

function cannotBeDeleted({ name, folder }: FoundJob, why: string): QmError {
  return new QmError("failed", `«${name}» cannot be deleted (${why})`, {
    path: folder,
    mend:
      mendOfSticky(folder) ??
      "ask for the right to write in its folder, in the one it lies in and in .qm/trash",
  });
}

function notEnded({ name, shelf, folder }: FoundJob): QmError {
  return new QmError("refused", `«${name}» is ${SHELF_WORDS[shelf]} and cannot be deleted`, {
    path: folder,
    mend: "end it first with `qm kill`",
  });
}
