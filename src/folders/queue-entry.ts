import { foldName } from "../core/names.ts";
import type { Arriving, QueueEntry, Waiting } from "../core/snapshot.ts";
import type { Admission } from "./admissions.ts";
import type { Arrival } from "./arrival.ts";
import { infoStamp } from "./info-file.ts";
import { NO_REQUESTS, type Requests } from "./requests.ts";
import type { ShelfEntry } from "./shelves.ts";

/** A busy queue has many passes a second; a person who edits a file need not be seen in each. */
const INFO_LOOK_GAP_MS = 1000;

/** One folder in the queue between two scans. */
export interface Known {
  readonly entry: ShelfEntry;
  readonly folded: string;
  /** Present while the folder is arriving, or while a waiting one is looked at again. */
  arrival: Arrival | undefined;
  admitted: boolean;
  mtimeMs: number;
  /** How the info file of an admitted job was when it was read. */
  infoStamp: string | undefined;
  /** When that was last compared, on the monotonic clock. */
  infoLookedMs: number;
  /** When the folder's mtime was seen to move, and when its requests were last read, on the monotonic clock. */
  movedMs: number;
  lookedMs: number;
  requests: Requests;
  /** The entry as the plan sees it; undefined when that has to be made out anew. */
  view: QueueEntry | undefined;
}

/** A folder seen for the first time, which may have been admitted by an earlier daemon. */
export function firstSeen(
  entry: ShelfEntry,
  mtimeMs: number,
  nowMs: number,
  admission: Admission | undefined,
  admitted: boolean,
): Known {
  return {
    entry,
    folded: foldName(entry.name),
    arrival: undefined,
    admitted,
    mtimeMs,
    infoStamp: admission?.infoStamp,
    infoLookedMs: Number.NEGATIVE_INFINITY,
    movedMs: nowMs,
    lookedMs: nowMs,
    requests: NO_REQUESTS,
    view: undefined,
  };
}

/**
 * Whether a waiting job's info file has changed since it was read. An edit in place does not move the folder's mtime,
 * and what the job asks for must not come as a surprise at its start.
 */
export function hasNewInfo(known: Known, admission: Admission | undefined, nowMs: number): boolean {
  const { path } = known.entry;
  if (admission === undefined || typeof path !== "string") return false;
  if (nowMs - known.infoLookedMs < INFO_LOOK_GAP_MS) return false;
  known.infoLookedMs = nowMs;
  const stamp = infoStamp(path, admission.info.infoFile);
  known.infoStamp ??= stamp;
  return known.infoStamp !== stamp;
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
