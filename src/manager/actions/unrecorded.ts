import fs from "node:fs";
import path from "node:path";
import { fileClockMs } from "../../disk/durable.ts";
import type { JobRecord } from "../../job/record.ts";
import { endUnrecorded, type UnrecordedEnd } from "../../job/unrecorded-end.ts";
import { readJobRecordOrThrow } from "../../queue/books/job-records.ts";
import { endLeftovers } from "../../worker/local-worker.ts";
import { type Context, DONE, type Performed, refused, UNFINISHED } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";
import { logEnd, putAway, rest, runIdFrom } from "./account.ts";

/**
 * Puts away a folder in `QM_Jobs` of which no record tells: somebody put it there or renamed it, or the records were deleted.
 * It counts as lost where nothing can show that it never ran; its processes that still live are ended first.
 */
export async function putAwayUnrecorded(
  context: Context,
  name: string,
  why: string,
  runs: readonly ObservedRun[],
): Promise<Performed> {
  const folder = path.join(context.layout.running, name);
  const before = readJobRecordOrThrow(folder);
  const run = runs.find(({ launch }) => launch.runId === before?.runId);
  // Somebody has renamed the folder of a run that has not been accounted for yet: that comes first.
  if (run?.folderPresent === false) return UNFINISHED;
  const known = before === undefined || run !== undefined ? {} : await knownOf(context, before);
  if (known.own !== undefined) endLeftovers(known.own.runId, folder);
  const { dev, ino } = fs.lstatSync(folder);
  const unrecorded = {
    name,
    why,
    strangersRunId: runIdFrom(dev, ino),
    endedAtMs: fileClockMs(context.layout.state),
    ...known,
  };
  // The children of a job that runs on all workers may go on: it would have others beside them.
  const requeuesLost = context.config().onLost === "requeue" && before?.runOnAll !== true;
  const ending = endUnrecorded(unrecorded, context.place, requeuesLost);
  const isAccounted = ending.kind === "accounted";
  const moved = await (isAccounted ? rest : putAway)(context, { folder, ...ending, decidedBy: "records" });
  if (moved.kind === "refused") return refused(moved.why);
  if (isAccounted) tellRested(context, ending);
  else logEnd(context, ending.record);
  return DONE;
}

function tellRested({ log }: Context, { record }: UnrecordedEnd): void {
  log.warn("job put away, as its run had ended before", { job: record.name, outcome: record.state });
}

interface KnownOfFolder {
  readonly own?: JobRecord;
  readonly ended?: JobRecord;
}

async function knownOf({ history }: Context, own: JobRecord): Promise<KnownOfFolder> {
  const ended = own.state === "running" ? await history.find(own.runId) : undefined;
  return ended === undefined ? { own } : { own, ended };
}
