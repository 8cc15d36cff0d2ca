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

/** Fields of a record to be set, or with `undefined` to be left out. */
export type RecordChanges = { readonly [Key in keyof JobRecord]?: JobRecord[Key] | undefined };

/** The record of a job that has run for an hour and ended well, but for what is given. */
export function endedRecord(name: string, changes: RecordChanges = {}): JobRecord {
  return {
    ...jobRecord(name),
    reason: "the command ended with exit code 0",
    owner: "ada@lab.org",
    processors: 2,
    queuedAt: "2026-01-05T10:00:00.000Z",
    startedAt: "2026-01-05T10:00:10.000Z",
    finishedAt: "2026-01-05T11:00:10.000Z",
    waitedSeconds: 10,
    ranSeconds: 3600,
    ...changes,
  } as JobRecord;
}
