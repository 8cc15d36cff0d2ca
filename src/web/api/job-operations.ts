import * as z from "zod";
import { abilitiesOf } from "../../app/act.ts";
import { jobNamed } from "../../app/find-job.ts";
import { goneJob, jobJson, lookAtJob } from "../../app/shown-job.ts";
import { readRecentHistory } from "../../queue/books/job-records.ts";
import { QmError } from "../../text/errors.ts";
import type { WebContext } from "../context.ts";
import { endedAttemptJson } from "../ended/ended-attempt.ts";
import { OUTCOME_FILTERS, searchFor } from "../ended/ended-filter.ts";
import { lastLinesOf } from "../live/last-lines.ts";
import { readLogEnding } from "../log/shown-log.ts";
import { logStreamLink, zipLink } from "../view/links.ts";
import { type ApiRequest, actorOf, asked, noSuchJob, type Operation, readSent } from "./operation.ts";
import { listed } from "./schemas.ts";

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

/** The readings of one job. */
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
    run: async (context, request) => await showJob(context, request, request.params.name),
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

/** Everything known of one job, for whom a request comes from. Throws `no_such_job`. */
export async function showJob(context: WebContext, request: ApiRequest, name: string): Promise<object> {
  const { queue, layout, live, ended } = context;
  await ended.refresh();
  const job = jobNamed(layout, name);
  const attempts = ended.attemptsOf(name).map(endedAttemptJson);
  if (job === undefined && attempts.length === 0) throw noSuchJob(name);
  if (job === undefined) {
    const record = readRecentHistory(layout.history).find((candidate) => candidate.name === name);
    return { ...jobJson(goneJob(name, record)), attempts };
  }
  const shown = lookAtJob(queue(), job, () => live.view());
  const links = { zip: zipLink(name), results: zipLink(name, "results"), logStream: logStreamLink(name) };
  return {
    ...jobJson(shown),
    attempts,
    can: abilitiesOf(shown, actorOf(context, request).permissions),
    links,
  };
}

function readLog({ layout }: WebContext, request: ApiRequest): string {
  const { lines, attempt } = readSent(logQuerySchema, request.query);
  const job = asked(layout, request);
  const ending = readLogEnding(job, attempt, lines);
  if (ending === undefined) throw new QmError("no_such_job", `the job «${job.name}» has no such log`);
  return ending.text;
}

const JOBS_ON_A_PAGE = 50;

const querySchema = z.object({
  state: z
    .enum(["ended", "running", "waiting", "arriving"])
    .default("ended")
    .describe("Ended jobs come newest first, waiting ones in the order in which they will start."),
  q: z.string().max(200).optional().describe("Words in the name, the description, the owner or the group."),
  owner: z.string().max(200).optional().describe("Only jobs of this owner, in any case."),
  outcome: z
    .enum(OUTCOME_FILTERS)
    .optional()
    .describe(
      "Only ended jobs that ended so; `trouble`: all but `done`; `failure`: all but `done` and `killed`.",
    ),
  since: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()])
    .optional()
    .describe(
      "Only jobs that ended then or later: a time with its offset, or a day in UTC. Of ended jobs alone.",
    ),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
});

type ListQuery = z.infer<typeof querySchema>;

/** The list of jobs, page by page. */
export const LIST_OPERATION: Operation = {
  id: "listJobs",
  method: "get",
  path: "/jobs",
  summary: `Jobs in one state, ${JOBS_ON_A_PAGE} on a page`,
  query: querySchema,
  status: 200,
  answer: "JobList",
  run: list,
};

async function list(context: WebContext, request: ApiRequest): Promise<object> {
  const query = readSent(querySchema, request.query);
  const from = (query.page - 1) * JOBS_ON_A_PAGE;
  const { total, jobs } =
    query.state === "ended" ? await endedPage(context, query, from) : livePage(context, query, from);
  const nextLink =
    from + JOBS_ON_A_PAGE < total ? { nextLink: linkTo({ ...query, page: query.page + 1 }) } : {};
  const shown = listed<(typeof jobs)[number]>(jobs, context.queue().config);
  return { version: 2, state: query.state, total, page: query.page, jobs: shown, ...nextLink };
}

async function endedPage({ ended }: WebContext, query: ListQuery, from: number) {
  await ended.refresh();
  const { q: text, owner, outcome, since } = query;
  const filter = { text, owner, outcome, sinceMs: since === undefined ? undefined : Date.parse(since) };
  const { total, jobs } = await ended.page(filter, from, JOBS_ON_A_PAGE);
  return { total, jobs: jobs.map(endedAttemptJson) };
}

function livePage(context: WebContext, query: ListQuery, from: number) {
  const { state, q: text, owner } = query;
  const view = context.live.view();
  const all = state === "running" ? view.running : state === "waiting" ? view.waiting : view.arriving;
  const chosen = all.filter(searchFor({ text, owner }));
  const jobs = chosen.slice(from, from + JOBS_ON_A_PAGE);
  return { total: chosen.length, jobs: state === "running" ? withLastLines(context, jobs) : jobs };
}

/** With what the front page shows of their logs. */
function withLastLines<J extends { readonly name: string }>(
  { queue, layout }: WebContext,
  jobs: readonly J[],
) {
  if (!queue().config.web.displayDetails) return jobs;
  const lines = lastLinesOf(layout, jobs);
  return jobs.map((job) => {
    const lastLine = lines.get(job.name);
    return lastLine === undefined ? job : { ...job, lastLine };
  });
}

function linkTo(query: ListQuery): string {
  const pairs = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
  return `/api/v1/jobs?${new URLSearchParams(pairs).toString()}`;
}
