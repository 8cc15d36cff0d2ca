import { removeTree } from "../disk/empty-trash.ts";
import { codeOrText } from "../disk/error-code.ts";
import { mendOfSticky } from "../queue/access.ts";
import { moveToTrash } from "../queue/files/trash.ts";
import type { Layout } from "../queue/layout.ts";
import { QmError } from "../text/errors.ts";
import type { FoundJob } from "./job-named.ts";

/**
 * Takes a job's folder out of everybody's sight by one rename, and gives the path in the trash where it is to be removed. Throws
 * `failed` where the system does not let it go.
 */
export function discardJob(layout: Layout, { name, folder }: FoundJob): string {
  const moved = moveToTrash(layout, folder);
  if (moved.kind === "moved") return moved.trash;
  throw new QmError("failed", `«${name}» cannot be deleted (${moved.why})`, {
    path: folder,
    mend:
      mendOfSticky(folder) ??
      "ask for the right to write in its folder, in the one it lies in and in .qm/trash",
  });
}

/** Removes a job's folder from the trash, file by file; of links only the links themselves. Throws `failed` where parts of it stay. */
export async function removeDiscarded({ name }: Pick<FoundJob, "name">, trash: string): Promise<void> {
  try {
    await removeTree(trash);
  } catch (error) {
    const why = codeOrText(error);
    throw new QmError("failed", `«${name}» is gone, but parts of it could not be removed (${why})`, {
      path: trash,
      mend: "remove the folder by hand, or leave it to the page, which empties the trash",
      cause: error,
    });
  }
}
