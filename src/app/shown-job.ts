import * as z from "zod";
import type { Config } from "../config/config.ts";
import { type JobInfo, jobInfoSchema } from "../job/job-info.ts";
import { describeOriginal, type JobRecord, recordSchema } from "../job/record.ts";
import { readEndRecord, readJobRecord } from "../queue/books/job-records.ts";
import { readJobInfo } from "../queue/intake/info-file.ts";
import type { Layout } from "../queue/layout.ts";
import { folderUser, managerUserId, originalPart } from "../queue/origin.ts";
import { type FoundJob, hasEnded } from "./job-named.ts";
import type { QueueView } from "./queue-view.ts";
import { arrivingJobSchema, runningJobSchema, waitingJobSchema } from "./status-json.ts";

/** The manager's view of a job that has not ended. */
export type LiveJob = Partial<
  QueueView["running"][number] & QueueView["waiting"][number] & QueueView["arriving"][number]
>;

interface Present {
  readonly job: FoundJob;
  readonly info: JobInfo | undefined;
}

/** A job that has not ended. */
export interface ShownLiveJob extends Present {
  readonly kind: "live";
  /** Undefined where the manager's view does not have it yet, or no more. */
  readonly live: LiveJob | undefined;
  /** Of its last attempt, which for a waiting job is an earlier one. */
  readonly record: JobRecord | undefined;
  /** Processors that there are for jobs. */
  readonly maxProcessors?: number;
  /** The folder that it was copied in from, in words. */
  readonly original?: string | undefined;
}

interface ShownEndedJob extends Present {
  readonly kind: "ended";
  readonly record: JobRecord;
}

/** A job whose folder was put among the ended ones by hand: nothing tells that it has ended. */
interface ShownPutAwayJob extends Present {
  readonly kind: "put away";
  /** The record of its start, if it was ever started. */
  readonly record: JobRecord | undefined;
}

/** Everything known of a job that has a folder. */
export type ShownPresentJob = ShownLiveJob | ShownEndedJob | ShownPutAwayJob;

/** A job whose folder is gone. */
interface ShownGoneJob {
  readonly kind: "gone";
  readonly name: string;
  /** Of its last attempt, where the history still has it. */
  readonly record: JobRecord | undefined;
}

/** Everything known of one job. */
export type ShownJob = ShownPresentJob | ShownGoneJob;

/** Everything known of one job, as programs get it. */
export const jobJsonSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  shelf: z.enum(["queue", "running", "finished", "lost", "gone"]),
  folder: z.string().exactOptional(),
  live: z.union([runningJobSchema, waitingJobSchema, arrivingJobSchema]).exactOptional(),
  record: recordSchema.exactOptional(),
  putAway: z.literal(true).exactOptional(),
  info: jobInfoSchema.exactOptional(),
});

/** What `qm show --json` writes. */
export type JobJson = Omit<z.infer<typeof jobJsonSchema>, "live"> & { readonly live?: LiveJob };

/**
 * Looks at everything known of a job that has a folder.
 * @param lookAtQueue asked only for a job that has not ended
 */
export function lookAtJob(
  { layout, config }: { readonly layout: Layout; readonly config: Pick<Config, "jobFiles"> },
  job: FoundJob,
  lookAtQueue: () => QueueView,
): ShownPresentJob {
  const user = folderUser(job.folder, managerUserId(layout));
  const read = readJobInfo(job.folder, config.jobFiles, user);
  const present = { job, info: read.kind === "ok" ? read.value : undefined };
  if (!hasEnded(job)) {
    const view = lookAtQueue();
    return {
      ...present,
      kind: "live",
      live: liveJob(view, job),
      maxProcessors: view.processors.max,
      record: readJobRecord(job.folder),
      original: describeOriginal(originalPart(layout, job.folder)),
    };
  }
  const record = readEndRecord(layout, job.folder);
  return record === undefined
    ? { ...present, kind: "put away", record: readJobRecord(job.folder) }
    : { ...present, kind: "ended", record };
}

/** What the history knows of a job whose folder is gone. */
export function lookBackAtJob(name: string, record: JobRecord | undefined): ShownJob {
  return { kind: "gone", name, record };
}

/** A job for programs. */
export function jobJson(shown: ShownJob): JobJson {
  const record = shown.record === undefined ? {} : { record: shown.record };
  if (shown.kind === "gone") return { version: 1, name: shown.name, shelf: "gone", ...record };
  const { kind, job, info } = shown;
  return {
    version: 1,
    name: job.name,
    shelf: job.shelf,
    folder: job.folder,
    ...(kind === "live" && shown.live !== undefined ? { live: shown.live } : {}),
    ...record,
    ...(kind === "put away" && shown.record !== undefined ? { putAway: true } : {}),
    ...(info === undefined ? {} : { info }),
  };
}

function liveJob({ running, waiting, arriving }: QueueView, { name, shelf }: FoundJob): LiveJob | undefined {
  if (shelf === "running") return running.find((entry) => entry.name === name);
  return [...waiting, ...arriving].find((entry) => entry.name === name);
}
