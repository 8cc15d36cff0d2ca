import type { RecordPlace } from "./build-record.ts";
import { countLoss, describeLoss, type JobRecord, mayRunAgain } from "./record.ts";

/** A folder in `QM_Jobs` of which no record of the manager's tells. */
interface UnrecordedFolder {
  readonly name: string;
  /** The run id that it gets where it was no run: the same for every try. */
  readonly strangersRunId: string;
  /** The way in which it came to be seen as one. */
  readonly why: string;
  readonly endedAtMs: number;
  /** The record in the folder, where no run that is still to be accounted for is the one it tells of. */
  readonly own?: JobRecord;
  /** The line that the history has of the run that `own` tells of. */
  readonly ended?: JobRecord;
}

/** The last record of such a folder, and the place where it goes. */
export type UnrecordedEnd =
  /** Its run is accounted for, and rests with that end. */
  | { readonly kind: "accounted"; readonly record: JobRecord; readonly stage: "finished" | "lost" }
  /** It is to be accounted for now. */
  | { readonly kind: "lost"; readonly record: JobRecord; readonly stage: "lost" | "queue" };

const RECORDS_DELETED =
  "the manager's records of its run, in .qm, were deleted before its end: nobody can tell how it went";

/**
 * The way in which a folder of which no record tells is put away. One whose run was accounted for while the folder could not be found has that
 * end, and never runs again by itself. Any other counts as lost.
 * @param requeuesLost whether lost jobs run again by themselves
 */
export function endUnrecorded(
  folder: UnrecordedFolder,
  place: RecordPlace,
  requeuesLost: boolean,
): UnrecordedEnd {
  const { name, own, ended } = folder;
  if (own?.state === "running" && ended !== undefined)
    return { kind: "accounted", record: { ...ended, name }, stage: stageOf(ended) };
  const robbed = own && robbedRun(own);
  // Nothing counts how often a folder that was no run has been lost: it never goes to the queue by itself.
  const runsAgain = requeuesLost && robbed !== undefined && mayRunAgain(robbed.lostInARow);
  const record = lostNow(folder, robbed ?? strangersRecord(folder), place);
  return { kind: "lost", record, stage: runsAgain ? "queue" : "lost" };
}

type Known = Omit<JobRecord, "name" | "state" | "worker" | "host">;

function lostNow({ name, endedAtMs }: UnrecordedFolder, known: Known, place: RecordPlace): JobRecord {
  return { ...known, name, ...place, state: "lost", finishedAt: new Date(endedAtMs).toISOString() };
}

/** A run by the record in its folder, which is all there is of it; undefined where that tells of another end. */
function robbedRun(own: JobRecord): (Known & { readonly lostInARow: number }) | undefined {
  const isRepeat = own.state === "lost" && own.reason.startsWith(RECORDS_DELETED);
  if (own.state !== "running" && !isRepeat) return undefined;
  const lostInARow = isRepeat ? (own.lostInARow ?? 1) : countLoss(own);
  return { ...own, lostInARow, reason: describeLoss(RECORDS_DELETED, lostInARow) };
}

function stageOf({ state }: JobRecord): "finished" | "lost" {
  return state === "lost" || state === "invalid" ? "lost" : "finished";
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
