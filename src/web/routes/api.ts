import { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import { ACT_OPERATIONS } from "../api/act-operations.ts";
import { FILES_OPERATION } from "../api/files-operation.ts";
import { JOB_OPERATIONS, LIST_OPERATION } from "../api/job-operations.ts";
import { openApiDocument } from "../api/openapi.ts";
import type { ApiRequest, Operation } from "../api/operation.ts";
import { QUEUE_OPERATIONS } from "../api/queue-operations.ts";
import { SUBMIT_OPERATION, submittedBodies } from "../api/submit-operation.ts";
import { WAIT_OPERATION } from "../api/wait-operation.ts";
import { WORKER_OPERATIONS } from "../api/worker-operations.ts";
import type { WebContext } from "../context.ts";
import { describeError } from "../errors.ts";

/** The address of the API. */
const ROOT = "/api/v1";

const DESCRIPTION: Operation = {
  id: "getOpenApi",
  method: "get",
  path: "/openapi.json",
  summary: "This description",
  status: 200,
  answer: "OpenApi",
  run: () => document,
};

const OPERATIONS: readonly Operation[] = [
  ...QUEUE_OPERATIONS,
  ...WORKER_OPERATIONS,
  LIST_OPERATION,
  SUBMIT_OPERATION,
  ...JOB_OPERATIONS,
  WAIT_OPERATION,
  FILES_OPERATION,
  ...ACT_OPERATIONS,
  DESCRIPTION,
];

const document = openApiDocument(OPERATIONS);

/** All that the page shows and does, as JSON for programs, below `/api/v1/`. Its errors are for {@link apiErrors}. */
export function apiRouter(context: WebContext): Router {
  const router = Router();
  for (const path of new Set(OPERATIONS.map((operation) => operation.path))) {
    const operations = OPERATIONS.filter((operation) => operation.path === path);
    const route = router.route(ROOT + path.replace("{name}", ":name"));
    for (const operation of operations) route[operation.method](answering(context, operation));
    route.all(otherMethod(operations));
  }
  router.use(ROOT, noSuchAddress);
  return router;
}

/** Reads what is too long for other requests; for before those are read. */
export function longBodies(context: Pick<WebContext, "tokens">): RequestHandler {
  return submittedBodies(context, ROOT + SUBMIT_OPERATION.path);
}

/** Tells as JSON what went wrong below `/api/v1/`, before a route was reached too; all else is for the next. */
export function apiErrors({ log }: Pick<WebContext, "log">): ErrorRequestHandler {
  // All four parameters make it a handler of errors.
  return (error: unknown, request, response, next) => {
    if (response.headersSent || !isBelowRoot(request.path)) return next(error);
    const { status, code, message, mend } = describeError(error);
    if (status >= 500) log(`${request.method} ${request.path}: ${String(error)}`);
    response.status(status).json({ error: { code, message, mend } });
  };
}

function answering(context: WebContext, { run, status, answer }: Operation): RequestHandler {
  return async (request, response) => {
    // An operation that needs a name has it in its address.
    const answered = await run(context, request as unknown as ApiRequest);
    response.status(status);
    if (answer === "text") response.type("text/plain; charset=utf-8").send(answered);
    else response.json(answered);
  };
}

function otherMethod(operations: readonly Operation[]): RequestHandler {
  const allowed = operations.map(({ method }) => method.toUpperCase()).join(", ");
  return (_request, response) => {
    const message = `this address takes ${allowed}`;
    response
      .status(405)
      .set("Allow", allowed)
      .json({ error: { code: "usage", message } });
  };
}

const noSuchAddress: RequestHandler = (_request, response) => {
  const message = "there is no such address";
  response.status(404).json({ error: { code: "usage", message, mend: `see ${ROOT}/openapi.json` } });
};

// As Express matches paths: in any case.
function isBelowRoot(path: string): boolean {
  return `${path.toLowerCase()}/`.startsWith(`${ROOT}/`);
}
