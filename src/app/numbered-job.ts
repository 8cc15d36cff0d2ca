import path from "node:path";
import type { JobRecord } from "../job/record.ts";
import { readHistory } from "../queue/books/history.ts";
import { readJobRecord } from "../queue/books/job-records.ts";
import { Admissions } from "../queue/intake/admissions.ts";
import type { Layout, Stage } from "../queue/layout.ts";
import { listJobNames } from "../queue/stages.ts";
import { tryOr } from "../text/try-or.ts";

/** The name of the job with this number; undefined where none has it, or its folder is gone. Throws what the file system throws. */
export function jobNumbered(layout: Layout, number: number): string | undefined {
  const waiting = waitingJobs(layout).find((job) => job.number === number);
  if (waiting !== undefined) return waiting.name;
  const running = listJobNames(layout.running).find((name) => numberIn(layout, "running", name) === number);
  if (running !== undefined) return running;
  const ended = lastRecordNumbered(layout, number);
  return ended && (isOf(layout, "finished", ended) || isOf(layout, "lost", ended)) ? ended.name : undefined;
}

/** The last line of the history about the job with this number. */
export function lastRecordNumbered(layout: Layout, number: number): JobRecord | undefined {
  return tryOr(() => readHistory(layout.history), []).findLast((record) => record.number === number);
}

/** The number of a job that lies there; undefined where it is not known yet. */
export function numberIn(layout: Layout, stage: Stage, name: string): number | undefined {
  if (stage === "queue") return waitingJobs(layout).find((job) => job.name === name)?.number;
  return readJobRecord(path.join(layout[stage], name))?.number;
}

// By its run where its folder tells of no number, as it ended before there were any.
function isOf(layout: Layout, stage: Stage, { name, number, runId }: JobRecord): boolean {
  const own = readJobRecord(path.join(layout[stage], name));
  return own !== undefined && (own.number === undefined ? own.runId === runId : own.number === number);
}

// Whoever may not read the journal is told what the folders tell.
function waitingJobs(layout: Layout) {
  return tryOr(() => new Admissions(layout.admissions).list(), []);
}
