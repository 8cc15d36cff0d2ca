import type { IncomingHttpHeaders } from "node:http";
import { type Request, type Response, Router } from "express";
import { type FoundJob, jobNamed } from "../../app/job-named.ts";
import { SHELF_FOLDERS } from "../../queue/layout.ts";
import { QmError } from "../../text/errors.ts";
import { actOnJob, checkPermission, checkState, type JobAction, setPaused, visitorFrom } from "../act.ts";
import type { WebContext } from "../context.ts";
import { confirmView } from "../view/confirm-view.ts";
import { jobLink, killLink } from "../view/links.ts";
import { permissionsOf } from "../view/permissions.ts";

type Named = Request<{ name: string; shelf?: string }>;

/**
 * What the page's buttons post to. Kill and delete are asked for at the address of a confirmation, which a GET shows
 * and only a POST carries out.
 */
export function actionsRouter(context: WebContext): Router {
  const router = Router();
  for (const action of ["hold", "release", "top", "redo"] as const)
    router
      .route(`/jobs/:name/${action}`)
      .post(async (request: Named, response) => await act(context, action, request, response))
      .all(onlyPost);
  router
    .route("/kill/:name")
    .get((request: Named, response) => ask(context, "kill", request, response))
    .post(async (request: Named, response) => await act(context, "kill", request, response));
  router
    .route("/delete/:shelf/:name")
    .get((request: Named, response) => ask(context, "delete", request, response))
    .post(async (request: Named, response) => await act(context, "delete", request, response));
  for (const paused of [true, false])
    router
      .route(paused ? "/pause" : "/resume")
      .post(async (request, response) => {
        checkPermission(permissionsOf(context.queue().config), paused ? "pause" : "resume");
        setPaused(context.layout, paused, visitorFrom(request.ip));
        await tellAll(context);
        response.redirect(303, siteAddress(sent(request, "back")) ?? "/");
      })
      .all(onlyPost);
  return router;
}

function ask(context: WebContext, action: "kill" | "delete", request: Named, response: Response): void {
  const permissions = permissionsOf(context.queue().config);
  checkPermission(permissions, action);
  const job = findJob(context, request);
  // What still waits is withdrawn first: its end is for the manager to write down.
  if (action === "delete" && job.shelf === "queue" && permissions.act) {
    response.redirect(killLink(job.name));
    return;
  }
  checkState(job, action);
  context.render(response, "confirm", { ...confirmView(action, job, cameFrom(request)) });
}

async function act(
  context: WebContext,
  action: JobAction,
  request: Named,
  response: Response,
): Promise<void> {
  checkPermission(permissionsOf(context.queue().config), action);
  const clean = sent(request, "clean") !== undefined;
  const by = visitorFrom(request.ip);
  const attempt = attemptIn(sent(request, "attempt"));
  const name = actOnJob(context, findJob(context, request), action, { clean, by, attempt });
  await tellAll(context);
  const back = siteAddress(sent(request, "back"));
  if (action !== "delete") return response.redirect(303, back ?? jobLink(name));
  // Only the front page is still there for sure.
  response.redirect(303, back !== undefined && /^\/(?:QM)?(?:\?|$)/.test(back) ? back : "/");
}

/** A field of the form that was sent. */
function sent(request: Request, field: "attempt" | "back" | "clean"): unknown {
  const body: unknown = request.body;
  return typeof body === "object" && body !== null ? Reflect.get(body, field) : undefined;
}

function attemptIn(field: unknown): number | undefined {
  return typeof field === "string" && /^\d{1,7}$/.test(field) ? Number(field) : undefined;
}

async function tellAll({ live, events }: WebContext): Promise<void> {
  live.expire();
  await events.nudge();
}

function findJob({ layout }: WebContext, { params: { name, shelf } }: Named): FoundJob {
  const job = jobNamed(layout, name);
  if (job !== undefined && (shelf === undefined || SHELF_FOLDERS[job.shelf] === shelf)) return job;
  throw new QmError("no_such_job", `there is no job «${name}»${shelf === undefined ? "" : ` in ${shelf}`}`);
}

function onlyPost(_request: Request, response: Response): void {
  response
    .status(405)
    .set("Allow", "POST")
    .type("text/plain")
    .send("405: only the page's own buttons do this\n");
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
export function cameFrom({
  headers,
}: {
  readonly headers: Pick<IncomingHttpHeaders, "host" | "referer">;
}): string | undefined {
  const { host, referer = "" } = headers;
  if (!URL.canParse(referer)) return undefined;
  const page = new URL(referer);
  return page.host === host ? siteAddress(page.pathname + page.search) : undefined;
}
