import { type ActionOptions, act, actOnQueue } from "../app/act.ts";
import { actOnWorker, workerNamed } from "../app/act-on-worker.ts";
import { type Actor, refuseUnlessMay } from "../app/actor.ts";
import type { FoundJob } from "../app/find-job.ts";
import type { JobAction, QueueAction, WorkerAction } from "../job/actions.ts";
import { QmError } from "../text/errors.ts";
import type { WebContext } from "./context.ts";

/** Does what a browser or a program asks for a job, and tells open pages. Gives the name it has afterwards; throws as `act`. */
export async function actOnJob(
  context: WebContext,
  job: FoundJob,
  action: JobAction,
  actor: Actor,
  options?: ActionOptions,
): Promise<string> {
  const { name, trash } = act(context.layout, job, action, actor, options);
  if (trash !== undefined) context.trash.empty();
  await tellAll(context);
  return name;
}

/** Pauses the queue or lets it go on, and tells open pages. Throws as `actOnQueue`. */
export async function pauseOrResume(context: WebContext, action: QueueAction, actor: Actor): Promise<void> {
  actOnQueue(context.layout, action, actor);
  await tellAll(context);
}

/**
 * Pauses a worker, lets it go on or forgets it, and tells open pages. Gives the name that it has; throws as `workerNamed` and
 * `actOnWorker`, and `no_daemon` where nobody tells whether one that is to be forgotten is heard of.
 */
export async function actOnNamedWorker(
  context: WebContext,
  given: string,
  action: WorkerAction,
  actor: Actor,
  note?: string,
): Promise<string> {
  refuseUnlessMay(actor, action);
  const { workers, manager } = context.live.view();
  const worker = workerNamed(workers, given);
  if (action === "forget_worker" && manager.kind === "absent")
    throw new QmError("no_daemon", "no manager runs that could tell whether the worker is heard of", {
      mend: "start one with `qm start`",
    });
  actOnWorker(context.layout, worker, action, actor, note);
  await tellAll(context);
  return worker.name;
}

async function tellAll({ live, events }: WebContext): Promise<void> {
  live.expire();
  await events.nudge();
}
