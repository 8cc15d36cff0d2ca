import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { hasEnded, jobNamed } from "../../app/find-job.ts";
import { locate, type TrackedJob, track } from "../../app/wait-for-end.ts";
import type { WebContext } from "../context.ts";
import { showJob } from "./job-operations.ts";
import { type ApiRequest, clientOf, type Operation, readSent } from "./operation.ts";

const MAX_SECONDS = 3600;
/** Enough for an answer to be taken. */
const ANSWER_MS = 60_000;
/** As new as the view of the queue is, which all who wait share. */
const LOOK_MS = 400;
/** A job that has moved where nobody sees it in the view is looked for all the same. */
const LONGEST_GAP_MS = 2000;

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
  if (job === undefined) return await showJob(context, name);
  // Nothing moves on the connection meanwhile.
  request.setTimeout(timeoutMs + ANSWER_MS);
  return await showJob(context, await nameAtEnd(context, track(job), timeoutMs, clientOf(request)));
}

/** The name of a job, which may get another one, once it has ended, the time is over or nobody waits any more. */
async function nameAtEnd(
  { layout, live }: WebContext,
  job: TrackedJob,
  timeoutMs: number,
  client: AbortSignal,
): Promise<string> {
  const untilMs = performance.now() + timeoutMs;
  let { name } = job;
  let [seen, lookedMs] = [-1, Number.NEGATIVE_INFINITY];
  for (;;) {
    const nowMs = performance.now();
    const version = live.version();
    if (version !== seen || nowMs - lookedMs >= LONGEST_GAP_MS) {
      [seen, lookedMs] = [version, nowMs];
      const found = locate(layout, { ...job, name });
      name = found?.name ?? name;
      if (found !== undefined && hasEnded(found)) return name;
    }
    if (nowMs >= untilMs || client.aborted) return name;
    await sleep(Math.min(LOOK_MS, untilMs - nowMs), undefined, { signal: client }).catch(() => undefined);
  }
}
