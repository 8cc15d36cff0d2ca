import type { Request } from "express";
import type * as z from "zod";
import { type Actor, programAt } from "../../app/actor.ts";
import { type FoundJob, jobNamed } from "../../app/find-job.ts";
import type { Layout } from "../../queue/layout.ts";
import { QmError } from "../../text/errors.ts";
import type { WebContext } from "../context.ts";
import { hasBearer } from "../guard/origin.ts";
import type { NAMED_SCHEMAS } from "./schemas.ts";

/** A request to an address that may hold a job's name. */
export type ApiRequest = Request<{ name: string }>;

/** One operation of the API: what is published of it, and what does it. */
export interface Operation {
  readonly id: string;
  readonly method: "get" | "post" | "delete";
  /** Below `/api/v1`, as OpenAPI writes it: `/jobs/{name}`. */
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly status: 200 | 201 | 202;
  /** The answer when all went well: JSON of this schema, or text. */
  readonly answer: keyof typeof NAMED_SCHEMAS | "text";
  /** Refusals beyond those that every operation has. */
  readonly refusals?: readonly (403 | 404)[];
  /** Gives what is answered: a value for JSON, or text. Throws `QmError`. */
  readonly run: (context: WebContext, request: ApiRequest) => unknown;
}

/** The program that sends a request. */
export function actorOf({ queue, tokens }: Pick<WebContext, "queue" | "tokens">, request: ApiRequest): Actor {
  return programAt(request.ip, queue().config, hasBearer(request, tokens()));
}

/** Aborted once the client has gone, or has its answer. */
export function clientOf(request: ApiRequest): AbortSignal {
  const client = new AbortController();
  request.res?.once("close", () => client.abort());
  return client.signal;
}

/** The fields sent along with a request, checked. Throws `usage`. */
export function readSent<S extends z.ZodObject>(schema: S, sent: unknown): z.infer<S> {
  const parsed = schema.safeParse(sent ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") || "the request";
  throw new QmError("usage", `${place}: ${issue?.message ?? "makes no sense"}`, {
    mend: "see /api/v1/openapi.json",
  });
}

/** The job that a request is about. Throws `no_such_job`. */
export function asked(layout: Layout, { params: { name } }: ApiRequest): FoundJob {
  const job = jobNamed(layout, name);
  if (job === undefined) throw noSuchJob(name);
  return job;
}

/** That there is no such job. */
export function noSuchJob(name: string): QmError {
  return new QmError("no_such_job", `there is no job «${name}»`, { mend: "/api/v1/jobs lists the jobs" });
}
