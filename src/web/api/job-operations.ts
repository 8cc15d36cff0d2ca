import * as z from "zod";
import { abilitiesOf } from "../../app/act.ts";
import { permissionsOf } from "../../app/actor.ts";
import { jobNamed } from "../../app/job-named.ts";
import { jobJson, lookAtJob } from "../../app/shown-job.ts";
import { readRecentHistory } from "../../queue/books/job-records.ts";
import { QmError } from "../../text/errors.ts";
import { endedAttemptJson } from "../ended/ended-attempt.ts";
import { readLogEnding } from "../log/shown-log.ts";
import { logStreamLink, zipLink } from "../view/links.ts";
import { type ApiContext, type ApiRequest, asked, noSuchJob, type Operation, readSent } from "./operation.ts";

const MAX_LINES = 10_000;

const logQuerySchema = z.object({
  lines: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LINES)
    .default(1000)
    .describe("The last lines, at most 1 MiB."),
  attempt: z.coerce
    .number()
    .int()
    .min(1)
    .max(9999)
    .optional()
    .describe(
      "An earlier attempt's log, by the number in its name (process.1.log is the oldest); the present one unless given.",
    ),
});

/** What can be read of one job. */
export const JOB_OPERATIONS: readonly Operation[] = [
  {
    id: "getJob",
    method: "get",
    path: "/jobs/{name}",
    summary:
      "Everything known of one job, as `qm show --json`, its attempts, and what may be done with it; " +
      "of one whose folder is gone the attempts, and the record where it ended lately",
    status: 200,
    answer: "Job",
    refusals: [404],
    run: show,
  },
  {
    id: "getJobLog",
    method: "get",
    path: "/jobs/{name}/log",
    summary: "The end of a job's log, as it was written",
    query: logQuerySchema,
    status: 200,
    answer: "text",
    refusals: [404],
    run: readLog,
  },
];

async function show(context: ApiContext, request: ApiRequest): Promise<object> {
  const { queue, layout, live, ended } = context;
  const { name } = request.params;
  await ended.refresh();
  const job = jobNamed(layout, name);
  const attempts = ended.attemptsOf(name).map(endedAttemptJson);
  if (job === undefined && attempts.length === 0) throw noSuchJob(name);
  if (job === undefined) {
    const record = readRecentHistory(layout.history).find((candidate) => candidate.name === name);
    return { ...jobJson({ job: { state: "gone", name, record }, record }), attempts };
  }
  const shown = lookAtJob(queue(), job, () => live.view());
  const links = { zip: zipLink(name), results: zipLink(name, "results"), logStream: logStreamLink(name) };
  return { ...jobJson(shown), attempts, can: abilitiesOf(shown, permissionsOf(queue().config)), links };
}

function readLog({ layout }: ApiContext, request: ApiRequest): string {
  const { lines, attempt } = readSent(logQuerySchema, request.query);
  const job = asked(layout, request);
  const ending = readLogEnding(job, attempt, lines);
  if (ending === undefined) throw new QmError("no_such_job", `the job «${job.name}» has no such log`);
  return ending.text;
}
