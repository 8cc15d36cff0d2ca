import type { FoundJob } from "../../src/app/find-job.ts";
import type { QueueView } from "../../src/app/queue-view.ts";
import type { RunningJob, WaitingJob } from "../../src/job/job.ts";
import { readProgress } from "../../src/job/progress.ts";
import type { JobRecord } from "../../src/job/record.ts";
import { STAGE_FOLDERS, type Stage } from "../../src/queue/layout.ts";
import type { EndedAttempt } from "../../src/web/ended/ended-attempt.ts";
import type { ListedJob } from "../../src/web/ended/ended-index.ts";
import type { ShownLog } from "../../src/web/log/shown-log.ts";
import { publishedStatus } from "../support/published-status.ts";

export const QM_FOLDER = "/srv/lab/QM";

/** A time so many seconds before now, ISO 8601. */
export function ago(nowMs: number, seconds: number): string {
  return new Date(nowMs - seconds * 1000).toISOString();
}

/** A queue of which nothing is to be told, its manager alive. */
export function quietView(changes: Partial<QueueView> = {}): QueueView {
  return {
    manager: { kind: "alive", status: STATUS },
    processors: { max: 16, busy: 0 },
    workers: [],
    launchType: "non-blocking",
    paused: false,
    disk: { freeBytes: 812e9, neededBytes: 1e9 },
    running: [],
    waiting: [],
    arriving: [],
    strays: [],
    notices: [],
    ...changes,
  };
}

/** A running job; `log` is the end of its log, from which its progress is read. */
export function running(
  nowMs: number,
  {
    log = "",
    seconds = 600,
    ...changes
  }: Partial<RunningJob> & { readonly log?: string; readonly seconds?: number },
): RunningJob {
  const progress = readProgress(log);
  return {
    name: "job",
    runId: "run",
    attempt: 1,
    owner: "ann@lab.example",
    description: "",
    processors: 1,
    state: "running",
    queuedAt: ago(nowMs, seconds + 30),
    startedAt: ago(nowMs, seconds),
    ...changes,
    ...(progress === undefined ? {} : { progress }),
  };
}

/** A waiting job. */
export function waiting(
  nowMs: number,
  changes: Partial<WaitingJob> & { readonly seconds?: number },
): WaitingJob {
  const { seconds = 300, ...rest } = changes;
  return {
    name: "job",
    state: "waiting",
    owner: "ann@lab.example",
    description: "",
    processors: 1,
    priority: 0,
    bytes: 3e6,
    queuedAt: ago(nowMs, seconds),
    rank: 1,
    held: false,
    reason: "",
    ...rest,
  };
}

/** An ended job with its folder; `seconds` is how long ago it ended. */
export function ended(
  nowMs: number,
  { seconds = 3600, ...changes }: Partial<ListedJob> & { readonly seconds?: number },
): ListedJob {
  return {
    name: "job",
    runId: "run",
    state: "done",
    reason: "the command ended with exit code 0",
    owner: "ann@lab.example",
    description: "",
    attempt: 1,
    processors: 1,
    size: undefined,
    finishedMs: nowMs - seconds * 1000,
    waitedSeconds: 60,
    ranSeconds: 1800,
    stage: "finished",
    ...changes,
  };
}

/** The record of an ended job. */
export function recordOf(job: EndedAttempt, changes: Partial<JobRecord> = {}): JobRecord {
  const ranMs = (job.ranSeconds ?? 0) * 1000;
  const startedMs = job.finishedMs - ranMs;
  return {
    version: 1,
    name: job.name,
    runId: "7f0c2a9e",
    attempt: job.attempt,
    state: job.state,
    reason: job.reason,
    owner: job.owner,
    description: job.description,
    script: "./run.sh",
    mailTo: [job.owner],
    worker: "lab-1",
    host: "lab-1",
    processors: job.processors,
    queuedAt: new Date(startedMs - (job.waitedSeconds ?? 0) * 1000).toISOString(),
    startedAt: new Date(startedMs).toISOString(),
    finishedAt: new Date(job.finishedMs).toISOString(),
    waitedSeconds: job.waitedSeconds ?? 0,
    ranSeconds: job.ranSeconds ?? 0,
    ...changes,
  };
}

/** A job's folder in a stage. */
export function found(stage: Stage, name: string): FoundJob {
  return { name, stage, folder: `${QM_FOLDER}/${STAGE_FOLDERS[stage]}/${name}` };
}

/** The log of a job, all of it unless `fromByte` says where it begins. */
export function logOf(job: FoundJob, text: string, earlier: readonly number[] = [], fromByte = 0): ShownLog {
  const size = fromByte + Buffer.byteLength(text);
  const unfinished = text.slice(text.lastIndexOf("\n") + 1);
  const unfinishedByte = size - Buffer.byteLength(unfinished);
  const ending = { text, fromByte, unfinishedByte, size, identity: "canned", cut: fromByte > 0 };
  return { job, attempt: undefined, ending, earlier };
}

const STATUS = publishedStatus(QM_FOLDER, {
  worker: "lab-1",
  host: "lab-1",
  processors: { max: 16, busy: 0 },
  disk: { freeBytes: 812e9, neededBytes: 1e9 },
});
