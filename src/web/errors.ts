import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { type ErrorCode, QmError } from "../text/errors.ts";
import { escapeControls } from "../text/escape.ts";
import { describeProblem, ProblemsError } from "../text/problem.ts";
import type { WebContext } from "./context.ts";

const HTTP_STATUS: Record<ErrorCode, number> = {
  failed: 500,
  usage: 400,
  no_such_job: 404,
  no_such_worker: 404,
  refused: 403,
  already_ended: 409,
  no_daemon: 503,
  no_queue: 503,
  timeout: 504,
  interrupted: 503,
};

/** An error in words for people; the inside of an unexpected one is for the log alone. */
export function describeError(error: unknown) {
  if (error instanceof QmError) {
    const { code, mend } = error;
    const status = HTTP_STATUS[code];
    return { status, code, message: escapeControls(wholeMessage(error)), mend: mend && escapeControls(mend) };
  }
  const status = statusOf(error);
  if (status === 413) return { status, code: "usage", message: "more was sent along than is taken here" };
  if (status < 500) return { status, code: "usage", message: "this request makes no sense here" };
  return { status, code: "failed", message: "the page could not be made", mend: "the page's log tells why" };
}

function wholeMessage(error: QmError): string {
  if (!(error instanceof ProblemsError)) return error.message;
  return `${error.message}: ${error.problems.map(describeProblem).join("; ")}`;
}

/** Answers with a sentence for people, where no page or JSON is asked for. */
export function refuseInText(response: Response, status: number, why: string): void {
  response.status(status).type("text/plain").send(`${why}\n`);
}

/** The last routes: what no other answered, and what failed. */
export function errorRoutes(context: WebContext): [RequestHandler, ErrorRequestHandler] {
  return [
    (_request, response) => {
      response.status(404);
      context.render(response, "error", errorPage(404, "there is no such page"));
    },
    (error: unknown, request, response, next) => {
      const { status, message, mend } = describeError(error);
      if (status >= 500) context.log(`${request.method} ${request.path}: ${String(error)}`);
      if (response.headersSent) return next(error);
      response.status(status);
      const live = status === 503 && isLivePage(request);
      context.render(response, "error", errorPage(status, message, mend, live));
    },
  ];
}

function errorPage(status: number, message: string, mend = "", live = false) {
  return { title: `${status} · QueueManager`, status, message, mend, live };
}

// A page left open that follows the queue also follows it out of a time in which there was none.
function isLivePage({ method, path }: Request): boolean {
  return method === "GET" && /^\/(?:QM|(?:jobs|QM_dJobs)\/[^/]+\/?)?$/.test(path);
}

// A refusal by Express itself (a body too long, an address that cannot be decoded) bears its status.
function statusOf(error: unknown): number {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
  return typeof status === "number" && status >= 400 && status < 600 ? status : 500;
}
