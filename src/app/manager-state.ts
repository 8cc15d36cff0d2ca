import fs from "node:fs";
import os from "node:os";
import { readRegularText } from "../disk/safe-read.ts";
import { type PublishedStatus, parseStatus } from "../job/published-status.ts";
import type { Layout } from "../queue/layout.ts";
import { formatDuration } from "../text/duration.ts";

/** Asks the system; passed in, as only the layer `process` knows how. */
export interface Liveness {
  /** True while this very process runs on this machine; undefined where its pid tells nothing, as of another container. */
  readonly isAlive: (
    identity: Pick<PublishedStatus, "bootId" | "pidNamespace" | "pid" | "startTicks">,
  ) => boolean | undefined;
  /** The folders of queues whose locks are held on this machine, absolute, as far as its processes can be seen. */
  readonly queuesHere?: () => readonly string[];
}

/** The manager of a queue, by what it published. */
export type ManagerState =
  | {
      readonly kind: "alive";
      readonly status: PublishedStatus;
      /** Whole seconds since its last sign of life, where that is far too long ago. */
      readonly silentSeconds?: number;
    }
  | {
      readonly kind: "absent";
      /** Its last sign of life, ISO 8601; absent when there never was one. */
      readonly lastSeen?: string;
    };

/** A manager on another machine, or in another container, gives a sign of life far more often than this. */
const FRESH_MS = 10_000;
/** A manager that works gives a sign of life every two seconds. */
const SILENT_MS = 15_000;
const MAX_STATUS_BYTES = 256 * 1024 * 1024;

/**
 * Looks whether the manager that published the status lives: on this machine by its process; on another one, and in another
 * PID namespace, by the age of its last sign of life, unless it has given back its lock since.
 */
export function managerState(layout: Layout, liveness: Liveness): ManagerState {
  const status = publishedStatus(layout);
  if (status === undefined) return { kind: "absent" };
  const mtimeMs = fs.lstatSync(layout.status, { throwIfNoEntry: false })?.mtimeMs;
  if (mtimeMs === undefined) return { kind: "absent" };
  const ageMs = Date.now() - mtimeMs;
  const seen = status.host === os.hostname() ? liveness.isAlive(status) : undefined;
  const alive = seen ?? (ageMs < FRESH_MS && !isLockGivenBack(layout));
  if (!alive) return { kind: "absent", lastSeen: new Date(mtimeMs).toISOString() };
  if (ageMs < SILENT_MS) return { kind: "alive", status };
  return { kind: "alive", status, silentSeconds: Math.floor(ageMs / 1000) };
}

// The owner of the lock has written its name into it.
function isLockGivenBack({ lock }: Layout): boolean {
  return fs.statSync(lock, { throwIfNoEntry: false })?.size === 0;
}

/** The status that the queue's manager published last, whether or not that still runs. */
export function publishedStatus(layout: Layout): PublishedStatus | undefined {
  return parseStatus(readRegularText(layout.status, MAX_STATUS_BYTES));
}

/** In plain words, that a manager lives but does nothing; undefined where there is nothing to tell. */
export function silenceOf(manager: ManagerState): string | undefined {
  if (manager.kind === "absent" || manager.silentSeconds === undefined) return undefined;
  const since = formatDuration(manager.silentSeconds);
  return `the manager (pid ${manager.status.pid}) has given no sign of life for ${since}: it is stopped or hangs`;
}

/** True while a manager looks after the queue. */
export function hasManager(layout: Layout, liveness: Liveness): boolean {
  return managerState(layout, liveness).kind === "alive";
}
