import * as z from "zod";
import { jobJsonSchema } from "../../app/shown-job.ts";
import { statusJsonSchema } from "../../app/status-json.ts";
import { tallySchema } from "../../app/tally.ts";
import type { Config } from "../../config/config.ts";
import { JOB_ACTION_NAMES } from "../../job/actions.ts";
import { LIVE_JOBS } from "../../job/job.ts";
import { recordSchema } from "../../job/record.ts";
import { workerStatusSchema } from "../../job/worker-status.ts";
import { STAGES } from "../../queue/layout.ts";
import { endedAttemptSchema } from "../ended/ended-attempt.ts";
import { PERIODS, SPANS } from "../stats/stats-query.ts";

/** An ended job whose folder is there. */
const endedJobSchema = endedAttemptSchema.extend({ stage: z.enum(["finished", "lost"]) });

const abilitiesShape = Object.fromEntries(JOB_ACTION_NAMES.map((action) => [action, z.boolean()]));

/** Everything known of one job, with every attempt of it that has ended, newest first. */
const jobAnswerSchema = jobJsonSchema.extend({
  attempts: z.array(endedAttemptSchema),
  /** The actions that may be asked for it here and now; absent where it has no folder. */
  can: z.object(abilitiesShape).exactOptional(),
  /** Addresses of this server; absent where it has no folder. */
  links: z.object({ zip: z.string(), results: z.string(), logStream: z.string() }).exactOptional(),
});

/** The queue, and the permissions of the asker. */
const statusAnswerSchema = statusJsonSchema.extend({
  /** `act`: end, hold, move, repeat and pause; `delete`: delete folders of ended jobs. */
  permissions: z.object({ act: z.boolean(), delete: z.boolean() }),
});

/** A running job as lists have it. */
const listedRunningJobSchema = LIVE_JOBS.running.extend({
  /** The last line of its log, at most 160 characters. */
  lastLine: z.string().exactOptional(),
});

/** One page of the jobs in one state. */
const jobListSchema = z.union([
  listOf("ended", endedJobSchema),
  listOf("running", listedRunningJobSchema),
  listOf("waiting", LIVE_JOBS.waiting),
  listOf("arriving", LIVE_JOBS.arriving),
]);

/** The entries of a folder of a job. */
const filesSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  stage: z.enum(STAGES),
  path: z.string(),
  entries: z.array(
    z.object({
      name: z.string(),
      type: z.enum(["file", "folder", "link", "other"]),
      bytes: z.number(),
      modifiedAt: z.string(),
      link: z.string().exactOptional(),
    }),
  ),
  /** Number of further entries that are not listed. */
  more: z.number(),
});

/** The work of the queue in a span of time. */
const statsSchema = z.object({
  version: z.literal(1),
  by: z.enum(PERIODS),
  days: z.enum(SPANS),
  owner: z.string().exactOptional(),
  total: tallySchema,
  byOwner: z.array(tallySchema.extend({ owner: z.string() })),
  byPeriod: z.array(tallySchema.extend({ start: z.string() })),
});

/** An action on a job, and the job's name afterwards; a redone job gets another if its name is taken. */
const actedSchema = z.object({ version: z.literal(1), action: z.string(), name: z.string() });

/** A job that has just been put into the queue. */
const submittedSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  /** Absent where no manager has admitted it yet. */
  number: z.number().exactOptional(),
  warnings: z.array(z.string()).readonly(),
  /** Its page. */
  link: z.string(),
});

/** The answer to a pause or its end. */
const pausedSchema = z.object({ version: z.literal(1), paused: z.boolean() });

/** The machines that run jobs. */
const workersSchema = z.object({ version: z.literal(1), workers: z.array(workerStatusSchema).readonly() });

/** The answer to a worker's pause or its end. */
const workerPausedSchema = z.object({ version: z.literal(1), name: z.string(), paused: z.boolean() });

/** The answer once a worker is forgotten. */
const workerForgottenSchema = z.object({ version: z.literal(1), name: z.string() });

/** The reason why something was not done. */
const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), mend: z.string().exactOptional() }),
});

/** The description of the API itself. */
const openApiSchema = z.looseObject({ openapi: z.string(), paths: z.looseObject({}) });

/** The names under which the description has them. */
export const NAMED_SCHEMAS = {
  Status: statusAnswerSchema,
  Record: recordSchema,
  RunningJob: LIVE_JOBS.running,
  ListedRunningJob: listedRunningJobSchema,
  WaitingJob: LIVE_JOBS.waiting,
  ArrivingJob: LIVE_JOBS.arriving,
  EndedAttempt: endedAttemptSchema,
  EndedJob: endedJobSchema,
  Job: jobAnswerSchema,
  JobList: jobListSchema,
  Files: filesSchema,
  Stats: statsSchema,
  Submitted: submittedSchema,
  Acted: actedSchema,
  Paused: pausedSchema,
  Worker: workerStatusSchema,
  Workers: workersSchema,
  WorkerPaused: workerPausedSchema,
  WorkerForgotten: workerForgottenSchema,
  Error: errorSchema,
  OpenApi: openApiSchema,
} as const;

function listOf<S extends string, J extends z.ZodObject>(state: S, job: J) {
  return z.object({
    version: z.literal(2),
    state: z.literal(state),
    /** On all pages. */
    total: z.number(),
    page: z.number(),
    jobs: z.array(job),
    nextLink: z.string().exactOptional(),
  });
}

/** Jobs as lists have them: without their descriptions where `Display_details` says so. */
export function listed<J extends { readonly name: string }>(
  jobs: readonly J[],
  { web }: Pick<Config, "web">,
): readonly J[] {
  if (web.displayDetails) return jobs;
  return jobs.map((job) => ("description" in job ? { ...job, description: "" } : job));
}
