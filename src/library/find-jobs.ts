import type { Liveness } from "../app/manager-state.ts";
import type { Queue } from "../app/queue.ts";
import { viewQueue } from "../app/queue-view.ts";
import { endedJob, type Job } from "../job/job.ts";
import { readHistory } from "../queue/books/history.ts";

/** The jobs to be found. */
export interface FindQuery {
  /** `waiting` unless given: in the order in which they start. `ended` ones come newest first. */
  readonly state?: "arriving" | "waiting" | "running" | "ended";
  /** A part of the name, in any case of letters. */
  readonly name?: string;
  /** The owner, in any case of letters. */
  readonly owner?: string;
  /** The group, as it is written. */
  readonly group?: string;
  /** The most jobs at once: 100 unless given. */
  readonly limit?: number;
  /** The `next` of an earlier answer: goes on behind that. */
  readonly after?: string;
}

/** Some of the jobs, and where to go on if there are more. */
export interface FoundJobs {
  readonly jobs: readonly Job[];
  readonly next?: string;
}

/** Finds jobs. Throws what the file system throws where the folders or the history cannot be read. */
export function findJobs(queue: Queue, liveness: Liveness, query: FindQuery): FoundJobs {
  const { state = "waiting", limit = 100, after } = query;
  const all = state === "ended" ? endedJobs(queue) : viewQueue(queue, liveness)[state];
  const fitting = all.filter((job) => fits(job, query));
  const from = after === undefined ? 0 : fitting.findIndex((job) => keyOf(job) === after) + 1;
  const jobs = fitting.slice(from, from + limit);
  const last = jobs.at(-1);
  const hasMore = last !== undefined && from + limit < fitting.length;
  return { jobs, ...(hasMore ? { next: keyOf(last) } : {}) };
}

function endedJobs({ layout }: Queue): Job[] {
  return readHistory(layout.history)
    .map((record) => endedJob(record.name, record))
    .toReversed();
}

function fits(job: Job, { name = "", owner, group }: FindQuery): boolean {
  const its = "record" in job ? job.record : job;
  const owned = its !== undefined && "owner" in its ? its : undefined;
  return (
    job.name.toLowerCase().includes(name.toLowerCase()) &&
    (owner === undefined || owned?.owner.toLowerCase() === owner.toLowerCase()) &&
    (group === undefined || owned?.group === group)
  );
}

/** A run for jobs that ended, as one name ends many times. */
function keyOf(job: Job): string {
  return ("record" in job ? job.record?.runId : undefined) ?? job.name;
}
