import fs from "node:fs";
import path from "node:path";
import { type Layout, SHELF_FOLDERS } from "../queue/layout.ts";
import { readQueueId } from "../queue/queue-id.ts";
import { listFolderNames } from "../queue/shelves.ts";
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

/** Looks at the queue. Throws `failed` where another queue lies in its place. */
export function seeQueue(layout: Layout, queueId: string, orders: Orders): QueueSight {
  try {
    return isThere(layout, queueId)
      ? {
          kind: "there",
          orders: orders.read(),
          jobs: new Set(listFolderNames(layout.running)),
        }
      : { kind: "away", why: "is its mount away?" };
  } catch (error) {
    if (error instanceof QmError) throw error;
    return { kind: "away", why: error instanceof Error ? error.message : String(error) };
  }
}

function isThere(layout: Layout, queueId: string): boolean {
  const names = fs.readdirSync(layout.root);
  const hasFolders = [SHELF_FOLDERS.running, path.basename(layout.state)].every((name) =>
    names.includes(name),
  );
  const id = hasFolders ? readQueueId(layout) : undefined;
  if (id === undefined || id === queueId) return id === queueId;
  throw new QmError("failed", "another queue lies in its folder now", {
    path: layout.root,
    mend: "put the folder back or mount it again, or start a worker of the new queue",
  });
}
