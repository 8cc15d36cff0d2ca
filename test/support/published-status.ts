import fs from "node:fs";
import type { PublishedStatus } from "../../src/job/published-status.ts";
import type { WorkerStatus } from "../../src/job/worker-status.ts";
import type { Layout } from "../../src/queue/layout.ts";

/** The status of a manager on another machine that has nothing to tell. */
export function publishedStatus(root: string, changes: Partial<PublishedStatus> = {}): PublishedStatus {
  return {
    version: 2,
    worker: "w",
    host: "another-machine",
    pid: 77,
    bootId: "b",
    startTicks: "1",
    startedAt: "2026-01-01T00:00:00.000Z",
    qmFolder: root,
    processors: { max: 4, busy: 0 },
    workers: [],
    launchType: "non-blocking",
    paused: false,
    disk: { freeBytes: 5e9, neededBytes: 1 },
    arriving: [],
    waiting: [],
    running: [],
    strays: [],
    notices: [],
    ...changes,
  };
}

/** Publishes it at once, as a manager does: nobody reads half of it. */
export function publishStatus({ root, status }: Layout, changes: Partial<PublishedStatus> = {}): void {
  fs.writeFileSync(`${status}.new`, JSON.stringify(publishedStatus(root, changes)));
  fs.renameSync(`${status}.new`, status);
}

/** A worker that is given jobs. */
export function shownWorker(name: string, changes: Partial<WorkerStatus> = {}): WorkerStatus {
  return {
    name,
    processors: { max: 4, busy: 0 },
    pools: [],
    labels: [],
    onlyNamed: false,
    running: [],
    state: "open",
    paused: false,
    ...changes,
  };
}

/** A worker that is not heard of. */
export const SILENT: Partial<WorkerStatus> = {
  host: "lab2.example",
  state: "silent",
  closed: "no word since 14:02; its 2 jobs may well be running",
  lastWord: "2026-11-22T14:02:00.000Z",
};
