/** The package `queuemanager/dirjobs`. */
export { QmError } from "../text/errors.ts";
export { DirJob } from "./dir-job.ts";
export { DirJobs, type DirJobsOptions } from "./dir-jobs.ts";
