import fs from "node:fs";
import path from "node:path";
import { type Room, roomOn } from "../disk/error-code.ts";
import { typeName } from "../disk/safe-read.ts";
import { isIgnoredName } from "../job/names.ts";
import type { PublishedStatus } from "../job/published-status.ts";
import type { JobRecord } from "../job/record.ts";
import { readJobRecord } from "../queue/books/job-records.ts";
import type { Layout } from "../queue/layout.ts";
import { isPaused, readRequests } from "../queue/requests.ts";
import { listJobNames, listShelf, type ShelfEntry } from "../queue/shelves.ts";
import type { Queue } from "./queue.ts";

/** What the folders alone tell of the queue, in the terms of the manager's own view. */
export type FoldersView = Pick<
  PublishedStatus,
  | "processors"
  | "launchType"
  | "closed"
  | "idle"
  | "paused"
  | "disk"
  | "arriving"
  | "waiting"
  | "running"
  | "strays"
  | "notices"
>;

/** Looks at the folders: every folder in the queue counts as waiting. Throws what the file system throws. */
export function viewFolders({ layout, config }: Pick<Queue, "layout" | "config">): FoldersView {
  const running = viewRunning(layout);
  const busy = running.reduce((sum, { processors }) => sum + processors, 0);
  const entries = lookAtEntries(layout.queue);
  const folders = entries.filter(({ stats }) => stats.isDirectory());
  const others = entries.filter(({ stats }) => !stats.isDirectory());
  return {
    processors: { max: config.maxProcessors, busy },
    launchType: config.launchType,
    paused: isPaused(layout.root),
    disk: { ...roomIfSeen(layout.root), neededBytes: config.minFreeDiskBytes },
    arriving: [],
    waiting: folders.map((folder, at) => viewWaiting(folder, at + 1)),
    running,
    strays: others.map(({ name, stats }) => ({
      name,
      reason: `it is ${typeName(stats)}: a job is a folder`,
    })),
    notices: [],
  };
}

interface QueueEntry extends ShelfEntry {
  readonly stats: fs.Stats;
}

function lookAtEntries(queueFolder: string): QueueEntry[] {
  const entries = listShelf(queueFolder).filter(({ name }) => !isIgnoredName(name));
  return entries.flatMap((entry) => {
    const stats = fs.lstatSync(entry.path, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ ...entry, stats }];
  });
}

// Whether it is whole and what it asks for is for the manager to find out.
function viewWaiting(
  { name, path: folder, stats }: QueueEntry,
  rank: number,
): FoldersView["waiting"][number] {
  const held = typeof folder === "string" && readRequests(folder).hold;
  return {
    name,
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

function viewRunning(layout: Layout): FoldersView["running"][number][] {
  return listJobNames(layout.running).flatMap((name) => {
    const folder = path.join(layout.running, name);
    const record = readJobRecord(folder);
    if (record !== undefined) return [runningOf(name, record)];
    const stats = fs.lstatSync(folder, { throwIfNoEntry: false });
    return stats === undefined ? [] : [startingOf(name, stats)];
  });
}

// Its record is written just before it starts.
function startingOf(name: string, { ctime }: fs.Stats): FoldersView["running"][number] {
  return {
    name,
    runId: "",
    attempt: 0,
    owner: "unknown",
    description: "",
    processors: 1,
    phase: "starting",
    queuedAt: ctime.toISOString(),
    note: "no manager runs: the next one starts it, or finds out what became of it",
  };
}

function runningOf(name: string, record: JobRecord): FoldersView["running"][number] {
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

function roomIfSeen(folder: string): Room {
  try {
    return roomOn(folder);
  } catch {
    return { freeBytes: 0 };
  }
}
