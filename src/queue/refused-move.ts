import path from "node:path";
import { quoteForShell } from "../text/shell-quote.ts";
import { mayRenameIn } from "./access.ts";
import type { RefusedMove } from "./move.ts";

/**
 * Why a move was refused, and what to do about it, for the person who tried it: `moveJob` speaks of the manager, and it is
 * not always the manager that moves.
 * @param folder the one that was to be moved
 */
export function refusedToYou(
  { why, code }: RefusedMove,
  folder: string,
): { readonly why: string; readonly mend?: string } {
  if (code !== "EACCES" && code !== "EPERM") return { why };
  return {
    why: `you may not move it (${code}): its owner, or the permissions of its folder or of the queue's, forbid it`,
    mend:
      mendOfSticky(folder) ??
      "ask for the right to write in its folder and in the queue's, or do it as the manager's user",
  };
}

/** How to let a job's folder be taken out of a folder that is sticky; undefined where that is not the hindrance. */
export function mendOfSticky(folder: string): string | undefined {
  const shelf = path.dirname(folder);
  if (mayRenameIn(shelf, folder)) return undefined;
  return (
    `${path.basename(shelf)} is sticky, so that only the owner of the job's folder may take it out, which is the manager's user if ` +
    `it was copied in: have the bit taken away (\`chmod -t ${quoteForShell(shelf)}\`), do it as the folder's owner, or use the page, ` +
    "which acts as the manager where it is allowed to (Delete_Jobs, Licence_to_kill)"
  );
}
