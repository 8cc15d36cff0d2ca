import { type Request, type Response, Router } from "express";
import { jobNamed } from "../../app/find-job.ts";
import type { Layout } from "../../queue/layout.ts";
import { refuseInText } from "../errors.ts";
import type { EventHub } from "../live/event-hub.ts";
import { EventStream, isHeadAnswered } from "../live/event-stream.ts";
import type { LogEvent, LogHub } from "../log/log-hub.ts";
import { type LogPlace, locateLog, parsePlace, placeText } from "../log/log-place.ts";

/** The parts of the page that the log's addresses need. */
export interface LogContext {
  readonly layout: Layout;
  readonly logHub: LogHub;
  readonly events: Pick<EventHub, "join">;
}

/** A client that has not taken this much in is not waited for. */
const MAX_UNSENT_BYTES = 256 * 1024;
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2000;
const START: LogPlace = { byte: 0 };

// An event goes to many clients alike; its bytes are made once.
const encoded = new WeakMap<LogEvent, Buffer>();

/**
 * `GET /jobs/:name/log/stream?from=PLACE`: a job's log as Server-Sent Events `lines`, `skipped`, `reset` and `end`,
 * from a place that `placeText` wrote (or a number of bytes) or that `Last-Event-ID` names. Where there is no
 * such job the next route answers. With `changes=yes` it tells what `/events` tells too: a browser allows a site six connections,
 * and a page that used two would soon leave none for others.
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

function streamLog(
  { layout, logHub, events }: LogContext,
  name: string,
  request: Request,
  response: Response,
): void {
  if (isHeadAnswered(request, response)) return;
  if (logHub.isFull) {
    refuseInText(response.set("Retry-After", "10"), 503, "Too many pages follow a log at the moment.");
    return;
  }
  const stream = new EventStream(response, MAX_UNSENT_BYTES);
  keepAlive(stream);
  if (request.query["changes"] === "yes") events.join(stream);
  const unfollow = logHub.follow(
    { name, locate: () => locateLog(layout, name) },
    placeAskedFor(request),
    (event) => {
      if (event.kind === "end") stream.end(encode(event));
      else stream.send(encode(event));
    },
  );
  stream.onClose(unfollow);
}

function keepAlive(stream: EventStream): void {
  stream.send(`retry: ${RETRY_MS}\n\n`);
  const heartbeat = setInterval(() => stream.send(":\n\n"), HEARTBEAT_MS).unref();
  stream.onClose(() => clearInterval(heartbeat));
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

/** One event as it is sent; `id` is what the client names when it comes again. */
function encodeEvent(name: string, content: unknown, id?: string): Buffer {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return Buffer.from(`${idLine}event: ${name}\ndata: ${JSON.stringify(content)}\n\n`);
}
