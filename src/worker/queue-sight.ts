import fs from "node:fs";
import { type Layout, STAGE_FOLDERS } from "../queue/layout.ts";
import { readQueueId } from "../queue/queue-id.ts";
import { listFolderNames } from "../queue/stages.ts";
import type { Orders, ReceivedOrder } from "../queue/workers/order.ts";
import { QmError } from "../text/errors.ts";

/** The queue as a worker sees it now, or why it sees nothing of it. */
export type QueueSight =
  | {
      readonly kind: "there";
      readonly orders: readonly ReceivedOrder[];
      /** Names of the folders in `QM_Jobs`. */
      readonly jobs: ReadonlySet<string>;
    }
  | { readonly kind: "away"; readonly why: string };

/**
 * Looks at the queue. Throws `failed` where another queue lies in its place.
 * @param hasRuns the worker has attempts, whose folders it has to see; without any, and without orders, none is looked for
 */
export function seeQueue(layout: Layout, queueId: string, orders: Orders, hasRuns: boolean): QueueSight {
  try {
    if (!isThere(layout, queueId)) return AWAY;
    const found = orders.read();
    const jobs = new Set(hasRuns || found.length > 0 ? listFolderNames(layout.running) : []);
    // That all of them are gone is told by nothing but their own folder.
    if (hasRuns && jobs.size === 0 && !hasFolder(layout)) return AWAY;
    return { kind: "there", orders: found, jobs };
  } catch (error) {
    if (error instanceof QmError) throw error;
    return { kind: "away", why: error instanceof Error ? error.message : String(error) };
  }
}

const AWAY: QueueSight = { kind: "away", why: "is its mount away?" };

function hasFolder({ root }: Layout): boolean {
  return fs.readdirSync(root).includes(STAGE_FOLDERS.running);
}

function isThere(layout: Layout, queueId: string): boolean {
  const id = readQueueId(layout);
  if (id === undefined || id === queueId) return id === queueId;
  throw new QmError("failed", "another queue lies in its folder now", {
    path: layout.root,
    mend: "put the folder back or mount it again, or start a worker of the new queue",
  });
}
