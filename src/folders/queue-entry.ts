import type { Arriving, Waiting } from "../core/snapshot.ts";
import type { Admission } from "./admissions.ts";
import type { Arrival } from "./arrival.ts";
import type { Requests } from "./requests.ts";
import type { ShelfEntry } from "./shelves.ts";

/** One folder in the queue between two scans. */
export interface Known {
  readonly entry: ShelfEntry;
  readonly folded: string;
  /** Present while the folder is arriving, or while a waiting one is looked at again. */
  arrival: Arrival | undefined;
  admitted: boolean;
  mtimeMs: number;
  /** When the folder's mtime was seen to move, and when its requests were last read, on the monotonic clock. */
  movedMs: number;
  lookedMs: number;
  requests: Requests;
}

/** A folder that waits, as the plan sees it. */
export function waitingView(known: Known, admission: Admission): Waiting {
  const { info, place, sentToTop, admittedAtMs, bytes, files } = admission;
  return {
    kind: "waiting",
    name: known.entry.name,
    info,
    place,
    sentToTop,
    admittedAtMs,
    bytes,
    files,
    held: known.requests.hold,
    killRequested: known.requests.kill,
    topRequested: known.requests.top,
  };
}

/** A folder that is arriving, as the plan sees it; times on the monotonic clock. */
export function arrivingView(known: Known, nowMs: number, settleSeconds: number): Arriving {
  const { arrival, requests, entry } = known;
  return {
    kind: "arriving",
    name: entry.name,
    bytes: arrival?.survey?.bytes ?? 0,
    files: arrival?.survey?.files ?? 0,
    readiness: arrival?.readiness(requests.ready, settleSeconds, nowMs) ?? { kind: "unseen" },
    killRequested: requests.kill,
  };
}
