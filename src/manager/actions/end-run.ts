import type { EndIntent } from "../../job/launch.ts";
import type { EndCause } from "../../plan/action.ts";
import { decidedNow } from "../../queue/attempts/attempt-marks.ts";
import { JOB_REQUESTS } from "../../queue/request-files.ts";
import { removeRequest, requestedBy } from "../../queue/requests.ts";
import { type Context, DONE, type Performed, refused } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";

/** Puts the decision to end a run on disk; the signals follow in the next pass. */
export function end(context: Context, run: ObservedRun, cause: EndCause): Performed {
  const intent = intentOf(run, cause);
  context.attempts.recordEnd(run.attempt, intent);
  if (run.folderPresent) removeRequest(run.jobFolder, JOB_REQUESTS.kill);
  context.log.info("ending job", { job: run.name, why: intent.kind, by: intent.by });
  return DONE;
}

/** Has what of the job is still alive asked to end, once; or killed. */
export function signal({ attempt, port }: ObservedRun, signalName: "TERM" | "KILL"): Performed {
  const why = port.signal(attempt, signalName);
  return why === undefined ? DONE : refused(why);
}

/** Lets a supervisor go on that was stopped. */
export function continueSupervisor({ attempt, port }: ObservedRun): Performed {
  port.continueSupervisor(attempt);
  return DONE;
}

/** The person who asked for the end of a run, by the request in its folder. */
export function killRequester(run: ObservedRun): string {
  return requestedBy(run.jobFolder, JOB_REQUESTS.kill);
}

/** The decision, taken now, to end a run as killed. */
export function killIntent(by: string): EndIntent {
  return { ...decidedNow(), kind: "killed", by };
}

function intentOf(run: ObservedRun, cause: EndCause): EndIntent {
  switch (cause.kind) {
    case "requested":
      return killIntent(killRequester(run));
    case "killed":
      return killIntent(cause.by);
    case "timed_out":
      return { ...decidedNow(), kind: "timed_out", by: "its time limit" };
  }
}
