import * as z from "zod";
import { hasEnded, jobNamed } from "../../app/find-job.ts";
import { locate, type TrackedJob, track } from "../../app/wait-for-end.ts";
import type { WebContext } from "../context.ts";
import { showJob } from "./job-operations.ts";
import { type ApiRequest, clientOf, type Operation, readSent } from "./operation.ts";

const MAX_SECONDS = 3600;
/** Enough for an answer to be taken. */
const ANSWER_MS = 60_000;

const querySchema = z.object({
  timeout: z.coerce
    .number()
    .min(0)
    .max(MAX_SECONDS)
    .default(60)
    .describe("Seconds; then the job is told of as it is."),
});

/** The end of one job, awaited. */
export const WAIT_OPERATION: Operation = {
  id: "waitForJob",
  method: "get",
  path: "/jobs/{name}/wait",
  summary:
    "Everything known of one job, as getJob, once it has ended or the time is over: its `stage` tells which",
  query: querySchema,
  status: 200,
  answer: "Job",
  refusals: [404],
  run: wait,
};

async function wait(context: WebContext, request: ApiRequest): Promise<object> {
  const timeoutMs = readSent(querySchema, request.query).timeout * 1000;
  const { name } = request.params;
  const job = jobNamed(context.layout, name);
  if (job === undefined) return await showJob(context, request, name);
  // Nothing moves on the connection meanwhile.
  request.setTimeout(timeoutMs + ANSWER_MS);
  const ended = await nameAtEnd(context, track(job), timeoutMs, clientOf(request));
  return await showJob(context, request, ended);
}

/** The name of a job, which may get another one, once it has ended, the time is over or nobody waits any more. */
async function nameAtEnd(
  { layout, changes }: WebContext,
  job: TrackedJob,
  timeoutMs: number,
  client: AbortSignal,
): Promise<string> {
  const untilMs = performance.now() + timeoutMs;
  for (let { name } = job; ; ) {
    const found = locate(layout, { ...job, name });
    name = found?.name ?? name;
    const isOver = performance.now() >= untilMs || client.aborted;
    if (isOver || (found !== undefined && hasEnded(found))) return name;
    await changes.next(untilMs, client);
  }
}
