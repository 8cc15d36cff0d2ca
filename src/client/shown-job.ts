import { z } from "zod";
import type { Config } from "../config/config.ts";
import { type JobInfo, MAIL_MOMENTS } from "../core/job-info.ts";
import { type JobRecord, recordSchema } from "../core/record.ts";
import { readJobInfo } from "../folders/info-file.ts";
import { readEndRecord, readJobRecord } from "../folders/job-records.ts";
import type { Layout } from "../folders/layout.ts";
import type { FoundJob } from "./job-named.ts";
import type { QueueView } from "./queue-view.ts";
import { arrivingJobSchema, runningJobSchema, waitingJobSchema } from "./status-json.ts";

/** The manager's view of a job that has not ended. */
export type LiveJob = Partial<
  QueueView["running"][number] & QueueView["waiting"][number] & QueueView["arriving"][number]
>;

/** Everything known of one job. */
export interface ShownJob {
  /** Without a shelf and a folder where the history alone tells of it. */
  readonly job: Pick<FoundJob, "name"> & Partial<FoundJob>;
  /** Of a job that has not ended. */
  readonly live: LiveJob | undefined;
  /** Of its last attempt, which for a waiting job is an earlier one. */
  readonly record: JobRecord | undefined;
  readonly info: JobInfo | undefined;
  /** It lies among the ended jobs though no record says that it has ended. */
  readonly putAway: boolean;
}

const infoSchema = z.object({
  infoFile: z.string(),
  script: z.string(),
  processors: z.number(),
  mailTo: z.array(z.string()).readonly(),
  description: z.string(),
  priority: z.number(),
  size: z.string().exactOptional(),
  timeLimitSeconds: z.number().exactOptional(),
  mailOn: z.array(z.enum(MAIL_MOMENTS)).readonly().exactOptional(),
  killGraceSeconds: z.number().exactOptional(),
});

/** Everything known of one job, as programs are told of it. */
export const jobJsonSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  shelf: z.enum(["queue", "running", "finished", "lost", "gone"]),
  folder: z.string().exactOptional(),
  live: z.union([runningJobSchema, waitingJobSchema, arrivingJobSchema]).exactOptional(),
  record: recordSchema.exactOptional(),
  putAway: z.literal(true).exactOptional(),
  info: infoSchema.exactOptional(),
});

/** What `qm show --json` writes. */
export type JobJson = Omit<z.infer<typeof jobJsonSchema>, "live" | "info"> & {
  readonly live?: LiveJob;
  readonly info?: JobInfo;
};

/**
 * Looks at everything known of a job that has a folder.
 * @param lookAtQueue asked only for a job that has not ended
 */
export function lookAtJob(
  { layout, config }: { readonly layout: Layout; readonly config: Pick<Config, "jobFiles"> },
  job: FoundJob,
  lookAtQueue: () => QueueView,
): ShownJob {
  const isLive = job.shelf === "queue" || job.shelf === "running";
  const info = readJobInfo(job.folder, config.jobFiles);
  const ended = isLive ? undefined : readEndRecord(layout, job.folder);
  const record = ended ?? readJobRecord(job.folder);
  return {
    job,
    live: isLive ? liveJob(lookAtQueue(), job) : undefined,
    record,
    info: info.kind === "ok" ? info.value : undefined,
    putAway: !isLive && ended === undefined && record !== undefined,
  };
}

/** What the history knows of a job whose folder is gone. */
export function lookBackAtJob(name: string, record: JobRecord | undefined): ShownJob {
  return { job: { name }, live: undefined, record, info: undefined, putAway: false };
}

/** A job for programs. */
export function jobJson({ job, live, record, info, putAway }: ShownJob): JobJson {
  const { name, shelf = "gone", folder } = job;
  return {
    version: 1,
    name,
    shelf,
    ...(folder === undefined ? {} : { folder }),
    ...(live === undefined ? {} : { live }),
    ...(record === undefined ? {} : { record }),
    ...(putAway ? { putAway } : {}),
    ...(info === undefined ? {} : { info }),
  };
}

function liveJob({ running, waiting, arriving }: QueueView, { name, shelf }: FoundJob): LiveJob | undefined {
  if (shelf === "running") return running.find((entry) => entry.name === name);
  return [...waiting, ...arriving].find((entry) => entry.name === name);
}
