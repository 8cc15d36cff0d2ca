import * as z from "zod";
import { progressSchema } from "./progress.ts";
import { reassignmentSchema } from "./reassignment.ts";
import { type JobRecord, OUTCOMES, recordSchema } from "./record.ts";

/** A folder in the queue that is no whole job yet. */
const arrivingJobSchema = z.object({
  name: z.string(),
  state: z.literal("arriving"),
  bytes: z.number(),
  files: z.number(),
  reason: z.string(),
  /** Waiting alone does not help: the manager cannot take it before its reason is mended. */
  stuck: z.literal(true).exactOptional(),
});

/** A job in the queue that may start. */
const waitingJobSchema = z.object({
  name: z.string(),
  number: recordSchema.shape.number,
  state: z.literal("waiting"),
  owner: z.string(),
  group: recordSchema.shape.group,
  description: z.string(),
  processors: z.number(),
  priority: z.number(),
  bytes: z.number(),
  queuedAt: z.string(),
  /** 1 is the next to start; 0 is being started and in the line no more. */
  rank: z.number(),
  held: z.boolean(),
  /** The place that somebody has given it; absent where it goes by its info file. */
  reassigned: reassignmentSchema.exactOptional(),
  reason: z.string(),
  /** Until it is expected to start, from the status' `madeAt` on; 0 for any moment, absent where nothing tells. */
  expectedStartSeconds: z.number().exactOptional(),
});

/** A job with an attempt that is starting, runs or is being ended. */
const runningJobSchema = z.object({
  name: z.string(),
  number: recordSchema.shape.number,
  state: z.enum(["starting", "running", "ending"]),
  /** The worker that it runs on, where there are several. */
  worker: z.string().exactOptional(),
  runId: z.string(),
  attempt: z.number(),
  owner: z.string(),
  group: recordSchema.shape.group,
  description: z.string(),
  processors: z.number(),
  processorIds: z.array(z.number()).readonly().exactOptional(),
  queuedAt: z.string(),
  startedAt: z.string().exactOptional(),
  timeLimitSeconds: z.number().exactOptional(),
  /** Until it is expected to end, from the status' `madeAt` on; 0 for any moment, absent where nothing tells. */
  expectedEndSeconds: z.number().exactOptional(),
  peakMemoryBytes: z.number().exactOptional(),
  /** An obstacle, in plain words: "cannot be ended: …". */
  note: z.string().exactOptional(),
  /** Of a job that runs on all workers: the names of its children, as far as they have one. */
  children: z.array(z.string()).readonly().exactOptional(),
  /** By the end of its log; the manager itself does not read it. */
  progress: progressSchema.exactOptional(),
});

/** The jobs that have not ended, as `.qm/status.json`, `--json` and the API have them. */
export const LIVE_JOBS = {
  arriving: arrivingJobSchema,
  waiting: waitingJobSchema,
  running: runningJobSchema,
} as const;

/** A job that has not ended. */
export const liveJobSchema = z.union([runningJobSchema, waitingJobSchema, arrivingJobSchema]);

/** All that a job can be, in the order of its life; `put_away`: among the ended ones without an end; `gone`: without a folder. */
export const JOB_STATES = [
  "arriving",
  "waiting",
  "starting",
  "running",
  "ending",
  ...OUTCOMES,
  "put_away",
  "gone",
] as const;

export type ArrivingJob = z.infer<typeof arrivingJobSchema>;
export type WaitingJob = z.infer<typeof waitingJobSchema>;
export type RunningJob = z.infer<typeof runningJobSchema>;
export type LiveJob = z.infer<typeof liveJobSchema>;

/** A job that is over. */
export type EndedJob =
  | {
      readonly state: Exclude<JobRecord["state"], "running">;
      readonly name: string;
      readonly record: JobRecord;
    }
  /** Put among the ended ones by hand: its record, if any, tells of a start alone. */
  | { readonly state: "put_away"; readonly name: string; readonly record?: JobRecord | undefined }
  /** Its folder is gone: its record, if any, is the history's. */
  | { readonly state: "gone"; readonly name: string; readonly record?: JobRecord | undefined };

/** One job, by its state. */
export type Job = LiveJob | EndedJob;

/** True for a job that has not ended. */
export function isLive(job: Job): job is LiveJob {
  return isInQueue(job) || isRun(job);
}

/** True for a job that has yet to start. */
export function isInQueue(job: Job): job is ArrivingJob | WaitingJob {
  return job.state === "arriving" || job.state === "waiting";
}

/** True for a job with an attempt that has not ended. */
export function isRun(job: Job): job is RunningJob {
  return job.state === "starting" || job.state === "running" || job.state === "ending";
}

/** True for a job of which it is unknown how it ended, or even that it did. */
export function isWithoutEnd(job: EndedJob): job is Extract<EndedJob, { state: "put_away" | "gone" }> {
  return job.state === "put_away" || job.state === "gone";
}

/** The job of a record, under the name of its folder; one that tells of no end was put away. */
export function endedJob(name: string, record: JobRecord): EndedJob {
  const { state } = record;
  return state === "running" ? { state: "put_away", name, record } : { state, name, record };
}

/** The number of a job; undefined before it is admitted, and where it was before there were numbers. */
export function numberOf(job: Job): number | undefined {
  if (job.state === "arriving") return undefined;
  return isLive(job) ? job.number : job.record?.number;
}
