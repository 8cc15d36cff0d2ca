import fs from "node:fs";
import { managerUserId } from "./folder-user.ts";
import type { Layout } from "./layout.ts";

/**
 * Makes a job's folder as open to the queue's group as the queue itself is: moving a folder takes the right to write
 * in it. Throws what the file system throws.
 */
export function letManagerIn({ queue }: Layout, folder: string): void {
  const { mode, gid } = fs.statSync(queue);
  const group = mode & 0o070;
  if (group !== 0) giveToGroup(folder, gid);
  fs.chmodSync(folder, (fs.statSync(folder).mode & 0o777) | 0o700 | group);
}

// Only members of the queue's group may do this; anybody else had another right to deliver.
function giveToGroup(folder: string, gid: number): void {
  try {
    if (fs.statSync(folder).gid !== gid) fs.chownSync(folder, -1, gid);
  } catch {
    // The warning below tells where it matters.
  }
}

/**
 * In plain words, that the manager's user may not write into a delivered folder; undefined where it may, as far as
 * owner, group and mode tell. Its user is taken to be in the queue's group.
 */
export function warnOfReach(layout: Layout, folder: string, name: string): string | undefined {
  const manager = managerUserId(layout);
  const { uid, gid, mode } = fs.statSync(folder);
  const byGroup = gid === fs.statSync(layout.queue).gid && allows(mode >> 3);
  if (manager === 0 || manager === uid || byGroup || allows(mode)) return undefined;
  return (
    `the manager's user (${manager}) may not write into the folder of «${name}», so it may never start: ` +
    `submit it as that user, or let the group in with \`chmod g+rwxs ${layout.queue}\``
  );
}

/** Whether the last three bits of a mode let somebody read, write and enter. */
function allows(bits: number): boolean {
  return (bits & 0o7) === 0o7;
}
