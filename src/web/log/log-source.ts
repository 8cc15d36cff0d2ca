import { jobNamed } from "../../app/job-named.ts";
import type { Layout } from "../../queue/layout.ts";

/** Where a log is now, and whether more may come. */
export interface LogSource {
  /** The job's folder, absolute; none while there is no log to be read. */
  readonly folder: string | undefined;
  /** Whether the job waits or runs. */
  readonly isLive: boolean;
}

/** Where the log of a job's present attempt is: the folder of a job moves while its log is followed. */
export function locateLog(layout: Layout, name: string): LogSource {
  const job = jobNamed(layout, name);
  if (job === undefined) return { folder: undefined, isLive: false };
  // While it waits its folder may hold the log of an earlier attempt.
  if (job.shelf === "queue") return { folder: undefined, isLive: true };
  return { folder: job.folder, isLive: job.shelf === "running" };
}
