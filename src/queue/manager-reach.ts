import fs from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { atDeepPath } from "../disk/held-folder.ts";
import { walkTree } from "../disk/tree.ts";
import { tryOr } from "../text/try-or.ts";
import type { Layout } from "./layout.ts";
import { managerUserId } from "./origin.ts";

const GROUP_WRITE = 0o020;
const GROUP_ALL = 0o070;
const OWNER_ALL = 0o700;
const SET_GROUP_ID = 0o2000;
/** Between two of these many entries others get their turn. */
const ENTRIES_PER_TURN = 64;

/**
 * Makes a job's folder as open to the queue's group as the queue itself is: moving a folder takes the right to write
 * in it. Where the group may write in the queue, all that is in the folder is opened to it as far as to its owner, so
 * that whoever shares the queue can work with the job, and remove it. Throws what the file system throws.
 */
export async function letGroupIn({ queue }: Layout, folder: string): Promise<void> {
  const shared = fs.statSync(queue);
  if ((shared.mode & GROUP_WRITE) !== 0) await openContent(Buffer.from(folder), shared);
  fs.chmodSync(folder, (fs.statSync(folder).mode & 0o7777) | OWNER_ALL);
  openToGroup(Buffer.from(folder), shared);
}

/** A queue's group, and its rights there. */
type GroupRights = Pick<fs.Stats, "gid" | "mode">;

async function openContent(root: Buffer, queue: GroupRights): Promise<void> {
  let count = 0;
  for (const { path, type } of walkTree(root)) {
    if (type === "file" || type === "folder") atDeepPath(root, path, (file) => openToGroup(file, queue));
    count += 1;
    if (count % ENTRIES_PER_TURN === 0) await nextTurn();
  }
}

function openToGroup(file: Buffer, { gid, mode: queueMode }: GroupRights): void {
  const bits = queueMode & GROUP_ALL;
  if (bits === 0) return;
  const before = fs.lstatSync(file);
  // Only members of the queue's group may do this; anybody else had another right to deliver, and is warned below where it matters.
  if (before.gid !== gid) tryOr(() => fs.chownSync(file, -1, gid), undefined);
  const asOwner = (before.mode & OWNER_ALL) >> 3;
  const mode = before.mode | (asOwner & bits) | (before.isDirectory() ? queueMode & SET_GROUP_ID : 0);
  if (mode !== before.mode) fs.chmodSync(file, mode & 0o7777);
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

/** True where the last three bits of a mode let somebody read, write and enter. */
function allows(bits: number): boolean {
  return (bits & 0o7) === 0o7;
}
