import fs from "node:fs";
import path from "node:path";
import { copyTree, type TreeCopy } from "../../disk/copy-tree.ts";
import { syncFileSystem } from "../../disk/durable.ts";
import { removeTree } from "../../disk/empty-trash.ts";
import type { ChildOf } from "../../job/child-of.ts";
import { isJobsOwn } from "../books/job-records.ts";
import type { Layout } from "../layout.ts";
import { letGroupIn } from "../manager-reach.ts";
import { takeWriteRight } from "../move.ts";
import { folderOwnerId, writeOrigin } from "../origin.ts";
import { JOB_REQUESTS } from "../request-files.ts";
import { makeRequest } from "../requests.ts";

/** The beginning of the hidden names in the queue of children that are not there under their own names yet. */
const HIDDEN = ".qm-child-";

/** The beginning of those of one job's children. */
function hiddenBeginning(runId: string): string {
  return `${HIDDEN}${runId}-`;
}

/** The hidden name of one of them; `by` is unlike for each manager, of which one that was paused may still copy. */
export function hiddenChildName(runId: string, at: number, by: string): string {
  return `${hiddenBeginning(runId)}${at}-${by}.part`;
}

/** Removes what was copied of a job's children and has not been put into the queue. Throws what the file system throws. */
export async function removeHiddenChildren({ queue }: Layout, runId: string): Promise<void> {
  const names = fs.readdirSync(queue).filter((name) => name.startsWith(hiddenBeginning(runId)));
  for (const name of names) await removeTree(path.join(queue, name));
}

/**
 * Removes those of jobs that no record tells of any more, as after somebody has deleted `.qm`.
 * @param runIds of the attempts there are
 */
export async function sweepHiddenChildren({ queue }: Layout, runIds: readonly string[]): Promise<void> {
  const known = runIds.map(hiddenBeginning);
  const left = fs.readdirSync(queue).filter((name) => name.startsWith(HIDDEN));
  for (const name of left)
    if (!known.some((beginning) => name.startsWith(beginning))) await removeTree(path.join(queue, name));
}

/** A child that is to be copied. */
export interface ChildOrder extends Pick<TreeCopy, "room" | "signal"> {
  readonly layout: Layout;
  /** The folder of the job that it is a child of. */
  readonly from: string;
  /** Its hidden place, where parts of an earlier try may lie. */
  readonly to: string;
  readonly childOf: ChildOf;
}

/** Copies the inputs of a job that runs on all workers for one of them, whole and on disk once this has ended. Throws what the file system throws. */
export async function copyChild({ layout, from, to, childOf, room, signal }: ChildOrder): Promise<void> {
  await removeTree(to);
  const { uid } = fs.lstatSync(from);
  await copyTree(from, to, { takes: isJobsOwn, owner: uid, room, signal });
  takeWriteRight(to);
  const { name } = childOf;
  writeOrigin(to, { version: 1, name, uid: folderOwnerId(from) ?? uid, childOf });
  await letGroupIn(layout, to);
  makeRequest(to, JOB_REQUESTS.ready, `the manager, for ${name}`);
  await syncFileSystem(to);
}
