import { type Request, type Response, Router } from "express";
import { refuseUnlessFit } from "../../app/act.ts";
import { type Actor, may, refuseUnlessMay, visitorAt } from "../../app/actor.ts";
import { destinationIn, knownDestination } from "../../app/destination.ts";
import { type FoundJob, jobNamed } from "../../app/find-job.ts";
import { JOB_ACTION_NAMES, type JobAction, QUEUE_ACTION_NAMES } from "../../job/actions.ts";
import type { Destination } from "../../job/reassignment.ts";
import { STAGE_FOLDERS } from "../../queue/layout.ts";
import { QmError } from "../../text/errors.ts";
import { escapeControls } from "../../text/escape.ts";
import { actOnJob, actOnNamedWorker, pauseOrResume } from "../act.ts";
import type { WebContext } from "../context.ts";
import { refuseInText } from "../errors.ts";
import { actionLinks, jobLink } from "../view/links.ts";

type Named = Request<{ name: string; stage?: string }>;

/** Actions that are asked for at the address of a confirmation, which a GET shows and only a POST carries out. */
const CONFIRMED = { kill: "/kill/:name", delete: "/delete/:stage/:name" } as const;

/** The addresses that the page's buttons post to. */
export function actionsRouter(context: WebContext): Router {
  const router = Router();
  const acting = (action: JobAction) => async (request: Named, response: Response) =>
    await act(context, action, request, response);
  for (const action of JOB_ACTION_NAMES)
    if (isConfirmed(action))
      router
        .route(CONFIRMED[action])
        .get((request: Named, response) => ask(context, action, request, response))
        .post(acting(action));
    else router.route(`/jobs/:name/${action}`).post(acting(action)).all(onlyPost);
  for (const action of QUEUE_ACTION_NAMES)
    router
      .route(`/${action}`)
      .post(async (request, response) => {
        await pauseOrResume(context, action, visitorOf(context, request));
        response.redirect(303, siteAddress(sent(request, "back")) ?? "/");
      })
      .all(onlyPost);
  for (const [word, action] of WORKER_WORDS)
    router
      .route(`/workers/:name/${word}`)
      .post(async (request: Named, response) => {
        await actOnNamedWorker(context, request.params.name, action, visitorOf(context, request));
        response.redirect(303, siteAddress(sent(request, "back")) ?? "/");
      })
      .all(onlyPost);
  return router;
}

/** The last part of a worker's addresses, and the action. */
const WORKER_WORDS = [
  ["pause", "pause_worker"],
  ["resume", "resume_worker"],
  ["forget", "forget_worker"],
] as const;

function isConfirmed(action: JobAction): action is keyof typeof CONFIRMED {
  return action in CONFIRMED;
}

function visitorOf({ queue }: WebContext, { ip }: Request): Actor {
  return visitorAt(ip, queue().config);
}

function ask(context: WebContext, action: "kill" | "delete", request: Named, response: Response): void {
  const visitor = visitorOf(context, request);
  refuseUnlessMay(visitor, action);
  const job = findJob(context, request);
  // A waiting job is withdrawn first: its end is for the manager to write down.
  if (action === "delete" && job.stage === "queue" && may(visitor, "kill")) {
    response.redirect(actionLinks(job).kill);
    return;
  }
  refuseUnlessFit(job, action);
  context.render(response, "confirm", confirmView(action, job, cameFrom(request)));
}

async function act(
  context: WebContext,
  action: JobAction,
  request: Named,
  response: Response,
): Promise<void> {
  const visitor = visitorOf(context, request);
  refuseUnlessMay(visitor, action);
  const options = {
    clean: sent(request, "clean") !== undefined,
    attempt: attemptIn(sent(request, "attempt")),
    ...(action === "reassign" ? { to: destinationSent(context, request) } : {}),
  };
  const name = await actOnJob(context, findJob(context, request), action, visitor, options);
  const back = siteAddress(sent(request, "back"));
  if (action !== "delete") return response.redirect(303, back ?? jobLink(name));
  // Only the front page is still there for sure.
  response.redirect(303, back !== undefined && /^\/(?:QM)?(?:\?|$)/.test(back) ? back : "/");
}

/** A field of the form that was sent. */
function sent(request: Request, field: "attempt" | "back" | "clean" | "to"): unknown {
  const body: unknown = request.body;
  return typeof body === "object" && body !== null ? Reflect.get(body, field) : undefined;
}

function destinationSent({ live }: WebContext, request: Request): Destination {
  const to = sent(request, "to");
  return knownDestination(live.view().workers, destinationIn(typeof to === "string" ? to : ""));
}

function attemptIn(field: unknown): number | undefined {
  return typeof field === "string" && /^\d{1,7}$/.test(field) ? Number(field) : undefined;
}

function findJob({ layout }: WebContext, { params: { name, stage } }: Named): FoundJob {
  const job = jobNamed(layout, name);
  if (job !== undefined && (stage === undefined || STAGE_FOLDERS[job.stage] === stage)) return job;
  throw new QmError("no_such_job", `there is no job «${name}»${stage === undefined ? "" : ` in ${stage}`}`);
}

function onlyPost(_request: Request, response: Response): void {
  refuseInText(response.set("Allow", "POST"), 405, "405: only the page's own buttons do this");
}

const MAX_LENGTH = 2000;

/**
 * An address that a request asks to be led back to, if it is surely one of this site: a path that no browser takes for
 * another server's, and nothing that could end a header.
 */
export function siteAddress(given: unknown): string | undefined {
  if (typeof given !== "string" || given.length > MAX_LENGTH) return undefined;
  // Browsers take a backslash for a slash and pass over tabs and line ends.
  return /^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(given) ? given : undefined;
}

/** The address of the page of this site that led to a request, as browsers tell it; undefined where that is unknown. */
export function cameFrom({ headers }: Pick<Request, "headers">): string | undefined {
  const { host, referer = "" } = headers;
  if (!URL.canParse(referer)) return undefined;
  const page = new URL(referer);
  return page.host === host ? siteAddress(page.pathname + page.search) : undefined;
}

/**
 * The model of `confirm.ejs`, which asks before a job is ended or its folder deleted, which cannot be undone.
 * @param back the page on which that was wished, where a change of mind leads, and the deed too
 */
export function confirmView(
  action: "kill" | "delete",
  { name, stage, folder }: FoundJob,
  back = jobLink(name),
) {
  const shown = escapeControls(name);
  const { word, consequence } =
    action === "delete" ? deletion(folder) : ENDINGS[stage === "queue" ? "withdraw" : "kill"];
  return {
    title: `${word} ${shown}? · QueueManager`,
    question: `${word} the job «${shown}»?`,
    consequence,
    button: `${word} it`,
    action: actionLinks({ name, stage })[action],
    back,
  };
}

const ENDINGS = {
  withdraw: {
    word: "Withdraw",
    consequence: "It will not run, and moves to QM_dJobs as killed. Nothing in its folder is lost.",
  },
  kill: {
    word: "Kill",
    consequence:
      "All its processes are ended. It moves to QM_dJobs with its log and what it has written so far.",
  },
} as const;

function deletion(folder: string) {
  const consequence = `Its folder goes, with its inputs, results and log: ${escapeControls(folder)}. This cannot be undone.`;
  return { word: "Delete", consequence };
}
