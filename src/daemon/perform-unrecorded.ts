import fs from "node:fs";
import path from "node:path";
import { countLoss, describeLoss, mayRunAgain } from "../core/lost-in-a-row.ts";
import type { JobRecord } from "../core/record.ts";
import { readJobRecord } from "../folders/job-records.ts";
import { killJobTree } from "../process/end-tree.ts";
import { logEnd, putAway } from "./account.ts";
import { type Context, DONE, type Performed, refused } from "./context.ts";
import { runIdFrom } from "./run-id.ts";
import type { ObservedRun } from "./run-scan.ts";

const RECORDS_DELETED =
  "the manager's records of its run, in .qm, were deleted before its end: nobody can tell how it went";

/**
 * Puts away a folder in `QM_Jobs` of which no record tells: somebody put it there, or the records were deleted.
 * Nothing can show that it never ran, so it counts as lost; what of it still lives is ended first.
 */
export async function putAwayUnrecorded(
  context: Context,
  name: string,
  why: string,
  runs: readonly ObservedRun[],
): Promise<Performed> {
  const folder = path.join(context.layout.running, name);
  const before = readJobRecord(folder);
  const run = runs.find(({ launch }) => launch.runId === before?.runId);
  // Somebody has renamed the folder of a run that has not been accounted for yet: that comes first.
  if (run?.folderPresent === false) return { kind: "unfinished" };
  const own = before !== undefined && run === undefined;
  if (own) endLeftovers(before.runId, folder);
  const robbed = own ? robbedRun(before) : undefined;
  const byHand = `${why}; what runs is put into QM_qJobs, never into QM_Jobs by hand`;
  const known = robbed ?? { ...strangersRecord(folder), reason: byHand };
  const requeues = context.config().onLost === "requeue" && mayRunAgain(robbed?.lostInARow ?? Infinity);
  const record = lostRecord(context, { ...known, name });
  const moved = await putAway(context, {
    folder,
    record,
    shelf: requeues ? "queue" : "lost",
    decidedBy: "records",
  });
  if (moved.kind === "refused") return refused(moved.why);
  logEnd(context, record);
  return DONE;
}

/** A run by the record in its folder, which is all there is of it; undefined where that tells of an end. */
function robbedRun(before: JobRecord) {
  const isRepeat = before.state === "lost" && before.reason.startsWith(RECORDS_DELETED);
  if (before.state !== "running" && !isRepeat) return undefined;
  const lostInARow = isRepeat ? (before.lostInARow ?? 1) : countLoss(before);
  return { ...before, lostInARow, reason: describeLoss(RECORDS_DELETED, lostInARow) };
}

// Its attempt's folder is gone, so only the mark in the environment tells which processes are its own.
function endLeftovers(runId: string, folder: string): void {
  killJobTree({ token: runId, attemptFolder: path.join(folder, ".no-attempt") });
}

function strangersRecord(folder: string) {
  const { dev, ino } = fs.lstatSync(folder);
  return {
    version: 1 as const,
    runId: runIdFrom(dev, ino),
    attempt: 0,
    owner: "unknown",
    mailTo: [],
    description: "",
  };
}

type Known = Omit<JobRecord, "state" | "worker" | "host">;

function lostRecord({ place }: Context, known: Known): JobRecord {
  return { ...known, ...place, state: "lost", finishedAt: new Date().toISOString() };
}
