import type { JobRecord } from "../../src/job/record.ts";

/** The record of a job of which nothing matters but what is given. */
export function jobRecord(name: string, changes: Partial<JobRecord> = {}): JobRecord {
  return {
    version: 1,
    name,
    runId: `run-${name}`,
    attempt: 1,
    state: "done",
    reason: "",
    owner: "ada",
    description: "",
    mailTo: [],
    worker: "w",
    host: "h",
    ...changes,
  };
}
