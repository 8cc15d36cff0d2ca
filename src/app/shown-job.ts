import * as z from "zod";
import type { Config } from "../config/config.ts";
import type { KnownJob } from "../job/facts.ts";
import {
  type EndedJob,
  endedJob,
  isLive,
  JOB_STATES,
  type LiveJob,
  liveJobSchema,
  numberOf,
} from "../job/job.ts";
import { jobInfoSchema } from "../job/job-info.ts";
import { describeOriginal, type JobRecord, recordSchema } from "../job/record.ts";
import { mostProcessors } from "../job/worker-status.ts";
import { readEndRecord, readJobRecord } from "../queue/books/job-records.ts";
import { readJobInfo } from "../queue/intake/info-file.ts";
import type { Layout } from "../queue/layout.ts";
import { folderUser, managerUserId, originalPart } from "../queue/origin.ts";
import { withoutUndefined } from "../text/without-undefined.ts";
import { type FoundJob, findGoneJob, findJob, hasEnded } from "./find-job.ts";
import { arrivingJob, runningJobIn } from "./folders-view.ts";
import type { Liveness } from "./manager-state.ts";
import type { Queue } from "./queue.ts";
import { type QueueView, viewQueue } from "./queue-view.ts";

/** Everything known of one job. */
export interface ShownJob extends KnownJob {
  /** Undefined where it is gone. */
  readonly found?: FoundJob;
}

/** Everything known of a job that has a folder. */
export type PresentJob = ShownJob & { readonly found: FoundJob };

/** Everything known of one job, as programs get it. */
export const jobJsonSchema = z.object({
  version: z.literal(2),
  name: z.string(),
  number: recordSchema.shape.number,
  state: z.enum(JOB_STATES),
  stage: z.enum(["queue", "running", "finished", "lost", "gone"]),
  folder: z.string().exactOptional(),
  live: liveJobSchema.exactOptional(),
  record: recordSchema.exactOptional(),
  putAway: z.literal(true).exactOptional(),
  info: jobInfoSchema.exactOptional(),
});

/** Everything known of a job by its name, of one whose folder is gone by the history. Throws as `findJob`. */
export function showJob(queue: Queue, liveness: Liveness, given: string): ShownJob {
  const record = findGoneJob(queue.layout, given);
  if (record !== undefined) return goneJob(record.name, record);
  return lookAtJob(queue, findJob(queue.layout, given), () => viewQueue(queue, liveness));
}

/** A job whose folder is gone. */
export function goneJob(name: string, record: JobRecord | undefined): ShownJob {
  return { job: { state: "gone", name, record }, record };
}

/**
 * Looks at everything known of a job that has a folder.
 * @param lookAtQueue asked only for a job that has not ended
 */
export function lookAtJob(
  { layout, config }: Pick<Queue, "layout"> & { readonly config: Pick<Config, "jobFiles" | "qmFolder"> },
  found: FoundJob,
  lookAtQueue: () => QueueView,
): PresentJob {
  const user = folderUser(found.folder, managerUserId(layout));
  const read = readJobInfo(found.folder, config, user);
  const present = { found, info: read.kind === "ok" ? read.value : undefined };
  if (hasEnded(found)) {
    const job = endedJobIn(layout, found);
    return { ...present, job, record: job.record };
  }
  const view = lookAtQueue();
  return {
    ...present,
    job: liveJob(view, layout, found),
    record: readJobRecord(found.folder),
    maxProcessors: mostProcessors(view),
    original: describeOriginal(originalPart(layout, found.folder)),
  };
}

/** The job in a folder among those that have ended. */
export function endedJobIn(layout: Layout, { name, folder }: Pick<FoundJob, "name" | "folder">): EndedJob {
  const record = readEndRecord(layout, folder);
  return record === undefined
    ? { state: "put_away", name, record: readJobRecord(folder) }
    : endedJob(name, record);
}

// The view may not have it yet, or no more.
function liveJob(view: QueueView, layout: Layout, { name, stage }: FoundJob): LiveJob {
  const isNamed = (job: LiveJob) => job.name === name;
  if (stage === "running") return view.running.find(isNamed) ?? runningJobIn(layout, name);
  return [...view.waiting, ...view.arriving].find(isNamed) ?? arrivingJob(name, "just seen");
}

/** A job for programs. */
export function jobJson({ job, found, record, info }: ShownJob): z.infer<typeof jobJsonSchema> {
  return withoutUndefined({
    version: 2 as const,
    name: job.name,
    number: numberOf(job),
    state: job.state,
    stage: found?.stage ?? ("gone" as const),
    folder: found?.folder,
    live: isLive(job) ? job : undefined,
    record,
    putAway: job.state === "put_away" && record !== undefined ? (true as const) : undefined,
    info,
  });
}
