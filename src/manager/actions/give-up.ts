import path from "node:path";
import type { Outcome } from "../../job/outcome.ts";
import { decidedNow } from "../../queue/attempts/attempt-marks.ts";
import { JOB_REQUESTS, MACHINE_IS_OFF } from "../../queue/request-files.ts";
import { removeRequest, requestedBy, requestLines } from "../../queue/requests.ts";
import { removeClaims } from "../../queue/workers/claim.ts";
import { tryOr } from "../../text/try-or.ts";
import { type Context, DONE, type Performed } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";
import { conclude } from "./finish-run.ts";

/**
 * Accounts for a run as lost because a person gives it up: its worker is silent, and nothing else could ever end it. Its folder comes to
 * rest, as something of the job may still write there; where the machine is off it goes back to the queue. A worker that comes back finds
 * its attempt gone and ends it.
 */
export async function giveUp(context: Context, run: ObservedRun): Promise<Performed> {
  const { jobFolder, worker, attempt } = run;
  const by = requestedBy(jobFolder, JOB_REQUESTS.lost);
  const isOff = requestLines(jobFolder, JOB_REQUESTS.lost)[1] === MACHINE_IS_OFF;
  const why = `given up by ${by}: ${isOff ? `${worker} is off` : `there was no word from ${worker}`}`;
  context.attempts.recordEnd(attempt, { ...decidedNow(), kind: "lost", by: why });
  const outcome: Outcome = { kind: "lost", why };
  if (isOff) removeClaims(jobFolder);
  if (!isOff) return await conclude(context, run, outcome, "lost");
  const given = await conclude(context, run, outcome, "queue");
  if (given.kind === "done")
    tryOr(() => removeRequest(path.join(context.layout.queue, run.name), JOB_REQUESTS.lost), undefined);
  return given;
}

/** Takes the request to give a run up away: its worker is heard of, so it can be killed. */
export function keep({ log }: Context, { jobFolder, name, worker }: ObservedRun): Performed {
  const by = requestedBy(jobFolder, JOB_REQUESTS.lost);
  removeRequest(jobFolder, JOB_REQUESTS.lost);
  log.warn("job not given up: its worker is heard of", { job: name, worker, by });
  return DONE;
}
