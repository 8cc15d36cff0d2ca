import type fs from "node:fs";
import { foldName } from "../../job/names.ts";
import type { QueueEntry } from "../../plan/snapshot.ts";
import { NO_REQUESTS, type Requests, RequestWatch } from "../requests.ts";
import type { ShelfEntry } from "../shelves.ts";
import type { Admission } from "./admissions.ts";
import { Arrival, type ArrivalRules } from "./arrival.ts";
import { infoStamp } from "./info-file.ts";

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

/** A folder seen for the first time, which may have been admitted by an earlier manager. */
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

/** Small folders are surveyed at the first look. */
export const FIRST_LOOK_BUDGET_MS = 5;

/** A busy queue has many passes a second; a person who edits a file need not be seen in each. */
const INFO_LOOK_GAP_MS = 1000;

/** Looks at a folder that is known; true when what the plan sees of it has to be made anew. */
export function lookAgain(
  known: KnownFolder,
  stats: fs.Stats,
  admission: Admission | undefined,
  nowMs: number,
): boolean {
  const moved = takeTime(known, stats.mtimeMs);
  // A survey made before does not tell of this change.
  if (moved && known.admitted) surveyAnew(known, false);
  const edited = known.admitted && noticeNewInfo(known, admission, nowMs);
  if (edited) {
    known.admitted = false;
    surveyAnew(known, false).advance(nowMs, FIRST_LOOK_BUDGET_MS);
  }
  return takeRequests(known, nowMs) || edited || (moved && known.admitted);
}

/** Has a folder surveyed from the beginning. */
export function surveyAnew(known: KnownFolder, renamedFromTemporary: boolean): Arrival {
  known.arrival = new Arrival(known.entry.path, renamedFromTemporary, known.rules);
  return known.arrival;
}

/**
 * Decides about an admitted folder that is surveyed again, once that survey is whole. Changed, it arrives anew;
 * unchanged, it waits on, and its admission is returned with the folder's present mtime.
 */
export function settleSurvey(known: KnownFolder, admission: Admission | undefined): Admission | undefined {
  const survey = known.arrival?.survey;
  if (!known.admitted || admission === undefined || survey === undefined) return undefined;
  known.admitted = survey.fingerprint === admission.fingerprint;
  if (!known.admitted) return undefined;
  known.arrival = undefined;
  return { ...admission, folderMtimeMs: known.mtimeMs };
}

function takeTime(known: KnownFolder, mtimeMs: number): boolean {
  if (mtimeMs === known.mtimeMs) return false;
  known.mtimeMs = mtimeMs;
  return true;
}

/**
 * Compares a waiting job's info file, once a second at most, with how it was when it was read; true when it has changed.
 * An edit in place does not move the folder's mtime, and what the job asks for must not come as a surprise at its start.
 */
function noticeNewInfo(known: KnownFolder, admission: Admission | undefined, nowMs: number): boolean {
  const { path } = known.entry;
  if (admission === undefined || typeof path !== "string") return false;
  if (nowMs - known.infoLookedMs < INFO_LOOK_GAP_MS) return false;
  known.infoLookedMs = nowMs;
  const stamp = infoStamp(path, admission.info.infoFile);
  known.infoStamp ??= stamp;
  return known.infoStamp !== stamp;
}

function takeRequests(known: KnownFolder, nowMs: number): boolean {
  const requests = known.requestWatch?.look(known.mtimeMs, nowMs) ?? NO_REQUESTS;
  if (requests === known.requests) return false;
  known.requests = requests;
  return true;
}
