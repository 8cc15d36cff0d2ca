/** The package `queuemanager`. */

export type { Submitted } from "../app/submit-and-number.ts";
export type { JobAction } from "../job/actions.ts";
export type { EndedJob, Job, LiveJob } from "../job/job.ts";
export type { JobRecord } from "../job/record.ts";
export { type ErrorCode, QmError } from "../text/errors.ts";
export type { FindQuery, FoundJobs } from "./find-jobs.ts";
export type { GivenCommand, JobGiven, SubmitOptions } from "./given.ts";
export { type ActionResult, Queue, type WaitLimits } from "./queue.ts";
