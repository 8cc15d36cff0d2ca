import type { RecordPlace } from "./build-record.ts";
import { countLoss, describeLoss } from "./lost-in-a-row.ts";
import type { JobRecord } from "./record.ts";

/** A folder in `QM_Jobs` of which no record of the manager's tells. */
export interface UnrecordedFolder {
  readonly name: string;
  /** The run id that it gets where it was no run: the same for every try. */
  readonly strangersRunId: string;
  /** How it came to be seen as one. */
  readonly why: string;
  readonly endedAtMs: number;
}

const RECORDS_DELETED =
  "the manager's records of its run, in .qm, were deleted before its end: nobody can tell how it went";

/**
 * The record of a folder of which no record tells, as lost.
 * @param own the record in the folder, where it may be one of a run whose other records were deleted
 */
export function recordUnrecorded(
  folder: UnrecordedFolder,
  own: JobRecord | undefined,
  place: RecordPlace,
): JobRecord {
  const { name, endedAtMs } = folder;
  const known = (own && robbedRun(own)) ?? strangersRecord(folder);
  return { ...known, name, ...place, state: "lost", finishedAt: new Date(endedAtMs).toISOString() };
}

type Known = Omit<JobRecord, "name" | "state" | "worker" | "host">;

/** A run by the record in its folder, which is all there is of it; undefined where that tells of an end. */
function robbedRun(own: JobRecord): Known | undefined {
  const isRepeat = own.state === "lost" && own.reason.startsWith(RECORDS_DELETED);
  if (own.state !== "running" && !isRepeat) return undefined;
  const lostInARow = isRepeat ? (own.lostInARow ?? 1) : countLoss(own);
  return { ...own, lostInARow, reason: describeLoss(RECORDS_DELETED, lostInARow) };
}

function strangersRecord({ strangersRunId, why }: UnrecordedFolder): Known {
  return {
    version: 1,
    runId: strangersRunId,
    attempt: 0,
    owner: "unknown",
    mailTo: [],
    description: "",
    reason: `${why}; what runs is put into QM_qJobs, never into QM_Jobs by hand`,
  };
}
