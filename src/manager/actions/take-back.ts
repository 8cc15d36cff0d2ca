import type { Launch } from "../../job/launch.ts";
import { recordEnd } from "../../queue/attempts/attempt-marks.ts";
import type { Admission } from "../../queue/intake/admissions.ts";
import { moveJob } from "../../queue/move.ts";
import { withoutUndefined } from "../../text/without-undefined.ts";
import { removeDeadStart, revokeStart } from "../../worker/attempt-records.ts";
import { type Context, DONE, type Performed, refused } from "../context.ts";
import type { ObservedRun } from "../run-scan.ts";
import { accountFor } from "./account.ts";
import { killIntent, killRequester } from "./run.ts";

/** Ends a claim before the job has started, as killed. */
export async function cancel(context: Context, run: ObservedRun): Promise<Performed> {
  if (!takesBack(run)) return DONE;
  const by = run.end?.by ?? killRequester(run);
  recordEnd(run.attempt.folder, killIntent(by));
  const outcome = { kind: "killed" as const, by };
  return await accountFor(context, run, outcome, { endedAtMs: Date.now() }, "finished");
}

/** Moves a claimed job that has not started back to the queue, where it keeps its place. */
export function giveBack(context: Context, run: ObservedRun, why: string): Performed {
  if (!takesBack(run)) return DONE;
  const { launch } = run;
  context.queue.readmit(admissionOf(launch));
  const moved = moveJob(run.jobFolder, context.layout.queue, launch.name);
  if (moved.kind === "refused") return refused(moved.why);
  context.attempts.remove(run.attempt);
  context.log.info("job went back to the queue", { job: launch.name, why });
  return DONE;
}

/** Forgets a claim whose folder was never moved, or was taken away before the start. */
export function abandon(context: Context, run: ObservedRun): Performed {
  if (!takesBack(run)) return DONE;
  context.attempts.remove(run.attempt);
  context.log.info("claim forgotten: the folder is not in QM_Jobs", { job: run.name });
  return DONE;
}

/** From here on no shim can start the attempt; false when one has. */
function takesBack(run: ObservedRun): boolean {
  const { state, attempt } = run;
  if (state.kind === "claimed" && state.start === "revoked") return true;
  if (state.kind === "claimed" && state.start === "dead") removeDeadStart(attempt.folder);
  return revokeStart(attempt.folder);
}

function admissionOf({ name, place, sentToTop, headSinceMs, admittedAtMs, info }: Launch): Admission {
  const unseen = { fingerprint: "", folderMtimeMs: 0, bytes: 0, files: 0 };
  return withoutUndefined({ name, place, sentToTop, headSinceMs, admittedAtMs, info, ...unseen });
}
