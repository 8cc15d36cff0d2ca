import fs from "node:fs";
import type { PublishedStatus } from "../../src/job/published-status.ts";
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
