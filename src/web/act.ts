import { type ActionOptions, act, actOnQueue } from "../app/act.ts";
import { actOnWorker, workerNamed } from "../app/act-on-worker.ts";
import { type Actor, refuseUnlessMay } from "../app/actor.ts";
import type { FoundJob } from "../app/find-job.ts";
import type { JobAction, QueueAction } from "../job/actions.ts";
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

/** Pauses a worker or lets it go on, and tells open pages. Gives the name that it has; throws as `workerNamed` and `actOnWorker`. */
export async function pauseOrResumeWorker(
  context: WebContext,
  given: string,
  action: "pause_worker" | "resume_worker",
  actor: Actor,
  note?: string,
): Promise<string> {
  refuseUnlessMay(actor, action);
  const worker = workerNamed(context.live.view().workers, given);
  actOnWorker(context.layout, worker, action, actor, note);
  await tellAll(context);
  return worker.name;
}

async function tellAll({ live, events }: WebContext): Promise<void> {
  live.expire();
  await events.nudge();
}
