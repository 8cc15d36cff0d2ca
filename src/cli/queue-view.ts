import fs from "node:fs";
import path from "node:path";
import { type Progress, readProgress } from "../core/progress.ts";
import type { PublishedStatus } from "../core/published-status.ts";
import type { JobRecord } from "../core/record.ts";
import { typeName } from "../files/safe-read.ts";
import { isIgnoredName } from "../core/names.ts";
import { readJobRecord } from "../folders/job-records.ts";
import { readLogTail } from "../folders/log-tail.ts";
import { JOB_FILES, type Layout } from "../folders/layout.ts";
import { JOB_REQUESTS, PAUSE_REQUEST } from "../folders/requests.ts";
import { listJobNames, listShelf, type ShelfEntry } from "../folders/shelves.ts";
import { type ManagerState, managerState } from "./manager-state.ts";
import type { Queue, Session } from "./session.ts";

type RunningJob = PublishedStatus["running"][number] & {
  /** By the end of its log. */
  readonly progress?: Progress;
};

type Lists = Pick<
  PublishedStatus,
  "processors" | "launchType" | "closed" | "paused" | "disk" | "arriving" | "waiting" | "strays" | "notices"
>;

/** The queue as it stands, by the manager's own view or, without one, by its folders. */
export interface QueueView extends Lists {
  readonly manager: ManagerState;
  readonly running: readonly RunningJob[];
}

/** What a job needs so that the end of its log tells how far it is. */
const PROGRESS_BYTES = 64 * 1024;

/** Looks at the queue. Throws what the file system throws where the folders cannot be read. */
export function viewQueue(queue: Queue, { services }: Session): QueueView {
  const { layout } = queue;
  const manager = managerState(layout, services);
  if (manager.kind === "absent") return { manager, ...viewFolders(queue) };
  const { running, ...lists } = manager.status;
  return { manager, ...lists, running: running.map((job) => withProgress(job, layout)) };
}

function withProgress(job: RunningJob, layout: Layout): RunningJob {
  const tail = readLogTail(path.join(layout.running, job.name, JOB_FILES.log), PROGRESS_BYTES);
  const progress = tail === undefined ? undefined : readProgress(tail.toString("utf8"));
  return progress === undefined ? job : { ...job, progress };
}

function viewFolders({ layout, config }: Queue): Omit<QueueView, "manager"> {
  const running = viewRunning(layout);
  const entries = listShelf(layout.queue).filter(({ name }) => !isIgnoredName(name));
  const folders = entries.filter((entry) => whatIs(entry) === undefined);
  return {
    processors: {
      max: config.maxProcessors,
      busy: running.reduce((sum, job) => sum + job.processors, 0),
    },
    launchType: config.launchType,
    paused: fs.existsSync(path.join(layout.root, PAUSE_REQUEST)),
    disk: { freeBytes: freeBytes(layout.root), neededBytes: config.minFreeDiskBytes },
    arriving: [],
    waiting: folders.map((entry, at) => viewWaiting(entry, at + 1)),
    running,
    strays: entries.flatMap((entry) => {
      const what = whatIs(entry);
      return what === undefined ? [] : [{ name: entry.name, reason: `it is ${what}: a job is a folder` }];
    }),
    notices: [],
  };
}

function whatIs({ path: file }: ShelfEntry): string | undefined {
  const stats = fs.lstatSync(file, { throwIfNoEntry: false });
  return stats === undefined || stats.isDirectory() ? undefined : typeName(stats);
}

// Whether it is whole and what it asks for is for the manager to find out.
function viewWaiting({ name, path: folder }: ShelfEntry, rank: number): PublishedStatus["waiting"][number] {
  const stats = fs.lstatSync(folder, { throwIfNoEntry: false });
  const held = typeof folder === "string" && fs.existsSync(path.join(folder, JOB_REQUESTS.hold));
  return {
    name,
    owner: "unknown",
    description: "",
    processors: 1,
    priority: 0,
    bytes: 0,
    queuedAt: new Date(stats?.mtimeMs ?? 0).toISOString(),
    rank,
    held,
    reason: held ? "held, and no manager runs" : "no manager runs",
  };
}

function viewRunning(layout: Layout): RunningJob[] {
  return listJobNames(layout.running).flatMap((name) => {
    const record = readJobRecord(path.join(layout.running, name));
    return record === undefined ? [] : [withProgress(runningOf(name, record), layout)];
  });
}

function runningOf(name: string, record: JobRecord): RunningJob {
  const { runId, attempt, owner, description, startedAt, timeLimitSeconds, processorIds } = record;
  return {
    name,
    runId,
    attempt,
    owner,
    description,
    processors: record.processors ?? 1,
    phase: "running",
    queuedAt: record.queuedAt ?? startedAt ?? new Date(0).toISOString(),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    ...(processorIds === undefined ? {} : { processorIds }),
    note: "no manager runs: it may have ended, which the next one will find out",
  };
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
