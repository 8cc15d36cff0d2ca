import { type Request, type Response, Router } from "express";
import { jobNamed } from "../../client/job-named.ts";
import type { Layout } from "../../folders/layout.ts";
import { encodeEvent, openEventStream } from "../log/event-stream.ts";
import type { LogEvent } from "../log/log-event.ts";
import type { LogHub } from "../log/log-hub.ts";
import { type LogPlace, parsePlace, placeText } from "../log/log-place.ts";
import { locateLog } from "../log/log-source.ts";

/** What the log's addresses need. */
export interface LogContext {
  readonly layout: Layout;
  readonly logHub: LogHub;
}

const START: LogPlace = { byte: 0 };

// An event goes to many clients alike; its bytes are made once.
const encoded = new WeakMap<LogEvent, Buffer>();

/**
 * `GET /jobs/:name/log/stream?from=PLACE`: a job's log as Server-Sent Events `lines`, `skipped`, `reset` and `end`,
 * from a place that `placeText` wrote (or a number of bytes) or that `Last-Event-ID` names. Where there is no
 * such job the next route answers.
 */
export function logRouter(context: LogContext): Router {
  const router = Router();
  router.get("/jobs/:name/log/stream", (request, response, next) => {
    const job = jobNamed(context.layout, request.params.name);
    if (job === undefined) next();
    else streamLog(context, job.name, request, response);
  });
  return router;
}

function streamLog({ layout, logHub }: LogContext, name: string, request: Request, response: Response): void {
  if (request.method === "HEAD") {
    response.type("text/event-stream").set("Cache-Control", "no-store").end();
    return;
  }
  if (logHub.isFull) {
    refuseFull(response);
    return;
  }
  let unfollow = (): void => undefined;
  const stream = openEventStream(response, () => unfollow());
  unfollow = logHub.follow(
    { name, locate: () => locateLog(layout, name) },
    placeAskedFor(request),
    (event) => {
      if (event.kind === "end") stream.end(encode(event));
      else stream.send(encode(event));
    },
  );
}

function refuseFull(response: Response): void {
  response.status(503).set({ "Retry-After": "10", "Cache-Control": "no-store" });
  response.type("text/plain").send("Too many pages follow a log at the moment.\n");
}

function placeAskedFor(request: Request): LogPlace {
  const from = request.get("Last-Event-ID") ?? request.query["from"];
  return (typeof from === "string" ? parsePlace(from) : undefined) ?? START;
}

function encode(event: LogEvent): Buffer {
  const bytes = encoded.get(event) ?? encodeNew(event);
  encoded.set(event, bytes);
  return bytes;
}

function encodeNew(event: LogEvent): Buffer {
  if (event.kind !== "lines") {
    const { kind, ...content } = event;
    return encodeEvent(kind, content);
  }
  const { lines, partial, place } = event;
  return encodeEvent("lines", { lines, partial, to: place.byte }, placeText(place));
}
