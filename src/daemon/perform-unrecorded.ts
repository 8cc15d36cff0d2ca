import fs from "node:fs";
import path from "node:path";
import { mayRunAgain } from "../core/lost-in-a-row.ts";
import { recordUnrecorded } from "../core/unrecorded.ts";
import { fileClockMs } from "../files/file-clock.ts";
import { readJobRecord } from "../folders/job-records.ts";
import { killJobTree } from "../process/end-tree.ts";
import { logEnd, putAway } from "./account.ts";
import { type Context, DONE, type Performed, refused } from "./context.ts";
import { runIdFrom } from "./run-id.ts";
import type { ObservedRun } from "./run-scan.ts";

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
  const isOwn = before !== undefined && run === undefined;
  if (isOwn) endLeftovers(before.runId, folder);
  const { dev, ino } = fs.lstatSync(folder);
  const unrecorded = {
    name,
    why,
    strangersRunId: runIdFrom(dev, ino),
    endedAtMs: fileClockMs(context.layout.state),
  };
  const record = recordUnrecorded(unrecorded, isOwn ? before : undefined, context.place);
  // Nothing counts how often a folder that was no run has been lost: it never goes to the queue by itself.
  const requeues = context.config().onLost === "requeue" && mayRunAgain(record.lostInARow ?? Infinity);
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

// Its attempt's folder is gone, so only the mark in the environment tells which processes are its own.
function endLeftovers(runId: string, folder: string): void {
  killJobTree({ token: runId, attemptFolder: path.join(folder, ".no-attempt") });
}
