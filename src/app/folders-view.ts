import fs from "node:fs";
import path from "node:path";
import { roomOn } from "../disk/error-code.ts";
import type { ArrivingJob, RunningJob, WaitingJob } from "../job/job.ts";
import { isIgnoredName } from "../job/names.ts";
import type { QueueState } from "../job/published-status.ts";
import type { QueueEntry } from "../plan/snapshot.ts";
import { viewStray } from "../plan/view-status.ts";
import { readJobRecord } from "../queue/books/job-records.ts";
import { LooseThings } from "../queue/intake/loose-things.ts";
import type { Layout } from "../queue/layout.ts";
import { isPaused, readRequests } from "../queue/requests.ts";
import { listJobNames, listStage, type StageEntry } from "../queue/stages.ts";
import type { Room } from "../text/inodes.ts";
import { tryOr } from "../text/try-or.ts";
import { withoutUndefined } from "../text/without-undefined.ts";
import type { Queue } from "./queue.ts";

/** The part of the queue that its folders tell. */
export type FoldersView = Omit<QueueState, "processors" | "workers">;

/** Looks at the folders: every folder in the queue counts as waiting, every plain file that is a job as arriving. Throws what the file system throws. */
export function viewFolders({ layout, config }: Pick<Queue, "layout" | "config">): FoldersView {
  const running = viewRunning(layout);
  const entries = lookAtEntries(layout.queue);
  const folders = entries.filter(({ stats }) => stats.isDirectory());
  const loose = lookAtLoose(entries.filter(({ stats }) => !stats.isDirectory()));
  return {
    launchType: config.launchType,
    paused: isPaused(layout.root),
    disk: { ...roomIfSeen(layout.root), neededBytes: config.minFreeDiskBytes },
    running,
    waiting: folders.map((folder, at) => viewWaiting(folder, at + 1)),
    arriving: loose.flatMap(({ kind, name }) => (kind === "arriving" ? [arrivingJob(name, UNSEEN)] : [])),
    strays: loose.flatMap((entry) => (entry.kind === "stray" ? [viewStray(entry)] : [])),
    notices: [],
  };
}

/** The reason of what no manager has looked at. */
export const UNSEEN = "no manager runs: the next one looks whether it is whole";

/** A job of which nothing is known but that it is there. */
export function arrivingJob(name: string, reason: string): ArrivingJob {
  return { name, state: "arriving", bytes: 0, files: 0, reason };
}

// Only the manager finds out that a file has stopped changing.
function lookAtLoose(entries: readonly FolderEntry[]): readonly QueueEntry[] {
  const loose = new LooseThings();
  for (const entry of entries) loose.look(entry, entry.stats, 0, false);
  return loose.views(() => 0, Number.POSITIVE_INFINITY, 0);
}

interface FolderEntry extends StageEntry {
  readonly stats: fs.Stats;
}

function lookAtEntries(queueFolder: string): FolderEntry[] {
  const entries = listStage(queueFolder).filter(({ name }) => !isIgnoredName(name));
  return entries.flatMap((entry) => {
    const stats = fs.lstatSync(entry.path, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ ...entry, stats }];
  });
}

// Only the manager finds out that a folder is whole, and reads its info file.
function viewWaiting({ name, path: folder, stats }: FolderEntry, rank: number): WaitingJob {
  const held = typeof folder === "string" && readRequests(folder).hold;
  return {
    name,
    state: "waiting",
    owner: "unknown",
    description: "",
    processors: 1,
    priority: 0,
    bytes: 0,
    queuedAt: stats.ctime.toISOString(),
    rank,
    held,
    reason: held ? "held, and no manager runs" : "no manager runs",
  };
}

function viewRunning(layout: Layout): RunningJob[] {
  const jobs = listJobNames(layout.running).map((name) => runningJobIn(layout, name));
  // Without a record, it may have been moved away meanwhile.
  return jobs.filter(({ name, runId }) => runId !== "" || fs.existsSync(path.join(layout.running, name)));
}

/** A job in `QM_Jobs` by its folder alone. Its record is written just before it starts. */
export function runningJobIn(layout: Layout, name: string): RunningJob {
  const folder = path.join(layout.running, name);
  const record = readJobRecord(folder);
  if (record === undefined) return startingJob(name, fs.lstatSync(folder, { throwIfNoEntry: false }));
  const { runId, attempt, owner, description, processors = 1, startedAt } = record;
  return withoutUndefined({
    name,
    number: record.number,
    state: "running" as const,
    runId,
    attempt,
    owner,
    description,
    processors,
    processorIds: record.processorIds,
    queuedAt: record.queuedAt ?? startedAt ?? new Date(0).toISOString(),
    startedAt,
    timeLimitSeconds: record.timeLimitSeconds,
  });
}

function startingJob(name: string, { ctime = new Date(0) }: Partial<fs.Stats> = {}): RunningJob {
  return {
    name,
    state: "starting",
    runId: "",
    attempt: 0,
    owner: "unknown",
    description: "",
    processors: 1,
    queuedAt: ctime.toISOString(),
  };
}

function roomIfSeen(folder: string): Room {
  return tryOr(() => roomOn(folder), { freeBytes: 0 });
}
