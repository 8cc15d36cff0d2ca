import { foldName } from "../../job/names.ts";
import type { QueueEntry } from "../../plan/snapshot.ts";
import { RequestWatch } from "../request-watch.ts";
import { NO_REQUESTS, type Requests } from "../requests.ts";
import type { ShelfEntry } from "../shelves.ts";
import type { Admission } from "./admissions.ts";
import type { Arrival, ArrivalRules } from "./arrival.ts";

/** What is known of one folder in the queue between two scans. */
export interface KnownFolder {
  readonly entry: ShelfEntry;
  readonly folded: string;
  readonly rules: ArrivalRules;
  /** Present while the folder is arriving, or while a waiting one is surveyed again. */
  arrival: Arrival | undefined;
  admitted: boolean;
  mtimeMs: number;
  /** How the info file of an admitted job was when it was read. */
  infoStamp: string | undefined;
  /** When that was last compared, on the monotonic clock. */
  infoLookedMs: number;
  /** Looks for requests; absent where the name is no UTF-8, which leads nowhere as text. */
  readonly requestWatch: RequestWatch | undefined;
  requests: Requests;
  /** The entry as the plan sees it; undefined when that has to be made anew. */
  view: QueueEntry | undefined;
}

/** A folder seen for the first time, which may have been admitted by an earlier daemon. */
export function firstSeen(
  entry: ShelfEntry,
  mtimeMs: number,
  admission: Admission | undefined,
  admitted: boolean,
  rules: ArrivalRules,
): KnownFolder {
  return {
    entry,
    folded: foldName(entry.name),
    rules,
    arrival: undefined,
    admitted,
    mtimeMs,
    infoStamp: admission?.infoStamp,
    infoLookedMs: Number.NEGATIVE_INFINITY,
    requestWatch: typeof entry.path === "string" ? new RequestWatch(entry.path) : undefined,
    requests: NO_REQUESTS,
    view: undefined,
  };
}
