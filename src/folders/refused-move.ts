/**
 * Why a move was refused, for the person who tried it: `moveJob` speaks of the manager, and it is not always the
 * manager that moves.
 */
export function refusedToYou(why: string): string {
  const code = /\((EACCES|EPERM)\)/.exec(why)?.[1];
  if (code === undefined) return why;
  return `you may not move it (${code}): its owner, or the permissions of its folder or of the queue's, forbid it`;
}

/** What to do about it. */
export function mendOfRefused(why: string): string | undefined {
  if (!/\((EACCES|EPERM)\)/.test(why)) return undefined;
  return "ask for the right to write in its folder and in the queue's, or do it as the manager's user";
}
