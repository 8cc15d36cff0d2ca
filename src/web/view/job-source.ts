import type { FoundJob } from "../../client/job-named.ts";
import type { QueueView } from "../../client/queue-view.ts";
import type { JobInfo } from "../../core/job-info.ts";
import type { JobRecord } from "../../core/record.ts";
import type { EndedJob } from "../ended/ended-job.ts";
import type { Permissions } from "./permissions.ts";

/** What the manager says of a job that has not ended. */
export type LiveJob = Partial<
  QueueView["running"][number] & QueueView["waiting"][number] & QueueView["arriving"][number]
>;

/** What a job's page is made from. */
export interface JobSource {
  readonly job: FoundJob;
  readonly live: LiveJob | undefined;
  readonly record: JobRecord | undefined;
  readonly info: JobInfo | undefined;
  readonly attempts: readonly EndedJob[];
  readonly permissions: Permissions;
  readonly nowMs: number;
}
