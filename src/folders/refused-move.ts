import type { RefusedMove } from "./move.ts";

/**
 * Why a move was refused, and what to do about it, for the person who tried it: `moveJob` speaks of the manager, and it is
 * not always the manager that moves.
 */
export function refusedToYou({ why, code }: RefusedMove): { readonly why: string; readonly mend?: string } {
  if (code !== "EACCES" && code !== "EPERM") return { why };
  return {
    why: `you may not move it (${code}): its owner, or the permissions of its folder or of the queue's, forbid it`,
    mend: "ask for the right to write in its folder and in the queue's, or do it as the manager's user",
  };
}
