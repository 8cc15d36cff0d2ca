import { type Request, type Response, Router } from "express";
import { permissionsOf } from "../../app/actor.ts";
import { type FoundJob, jobNamed } from "../../app/find-job.ts";
import { lookAtJob } from "../../app/shown-job.ts";
import { hasInputs } from "../../queue/books/job-records.ts";
import type { WebContext } from "../context.ts";
import { listJob } from "../files/file-view.ts";
import { attemptAskedFor, readShownLog } from "../log/shown-log.ts";
import { absentView, type JobViewParts, jobView } from "../view/job-view.ts";
import { logView } from "../view/log-view.ts";

/** A job's page, under its own address and the original's. */
export function jobRouter(context: WebContext): Router {
  const router = Router();
  const show = async (request: Request<{ name: string }>, response: Response) => {
    const job = jobNamed(context.layout, request.params.name);
    if (job === undefined) return await showAbsent(context, request.params.name, response);
    const model = {
      ...jobView(await partsOf(context, job)),
      hasInputs: hasInputs(job.folder),
      files: await listJob(context.layout, job, Date.now()),
      log: logView(readShownLog(job, attemptAskedFor(request.query["attempt"]))),
    };
    context.render(response, "job", model);
  };
  router.get("/jobs/:name", show);
  router.get("/QM_dJobs/:name", show);
  return router;
}

async function partsOf(context: WebContext, job: FoundJob): Promise<JobViewParts> {
  const queue = context.queue();
  await context.ended.refresh();
  return {
    shown: lookAtJob(queue, job, () => context.live.view()),
    attempts: context.ended.attemptsOf(job.name),
    permissions: permissionsOf(queue.config),
    pathAs: queue.config.mail.pathAs,
    nowMs: Date.now(),
    ...(job.stage === "queue" ? { workers: context.live.view().workers } : {}),
  };
}

/** A job whose folder is gone may still stand in the history. */
async function showAbsent(context: WebContext, name: string, response: Response): Promise<void> {
  await context.ended.refresh();
  response.status(404);
  context.render(response, "absent", absentView(name, context.ended.attemptsOf(name), Date.now()));
}
