import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type EndedJob, endedJob } from "../job/job.ts";
import type { PublishedStatus } from "../job/published-status.ts";
import { readRecentHistory } from "../queue/books/job-records.ts";
import { identityOf } from "../queue/intake/arrival.ts";
import { type Layout, STAGES } from "../queue/layout.ts";
import { listStage } from "../queue/stages.ts";
import { QmError } from "../text/errors.ts";
import { tryOr } from "../text/try-or.ts";
import { type FoundJob, hasEnded, jobAt } from "./find-job.ts";
import { type Liveness, managerState } from "./manager-state.ts";
import { numberIn } from "./numbered-job.ts";
import { noManager } from "./other-configuration.ts";
import type { Queue } from "./queue.ts";
import { endedJobIn } from "./shown-job.ts";

/** A job looked at again and again, known by its folder's device and inode while it moves and is renamed. */
export interface TrackedJob {
  readonly name: string;
  readonly identity: string;
}

const LOOK_MS = 150;
/** A manager that is being upgraded is back within this time. */
const PATIENCE_WITHOUT_MANAGER_MS = 60_000;

/**
 * Finds a tracked job, under another name too; undefined where it is gone. Some mounts change inode numbers: there the
 * name alone tells.
 */
export function locate(layout: Layout, { name, identity }: TrackedJob): FoundJob | undefined {
  const places = STAGES.map((stage) => jobAt(layout, stage, name));
  const named = places.filter(({ folder }) => identityAt(folder) !== undefined);
  const same = named.find(({ folder }) => identityAt(folder) === identity);
  if (same !== undefined) return same;
  for (const stage of STAGES) {
    const entry = listStage(layout[stage]).find((candidate) => identityAt(candidate.path) === identity);
    if (entry !== undefined) return jobAt(layout, stage, entry.name);
  }
  return named[0];
}

/** The job in a folder, to be tracked from now on. */
export function track({ name, folder }: Pick<FoundJob, "name" | "folder">): TrackedJob {
  return { name, identity: identityAt(folder) ?? "" };
}

/** The number of a job that has just been submitted, once the manager has given it one; undefined where it has not by the deadline. */
export async function numberSoon(
  layout: Layout,
  job: TrackedJob,
  deadlineMs: number,
): Promise<number | undefined> {
  for (;;) {
    const found = locate(layout, job);
    const number = found && numberIn(layout, found.stage, found.name);
    if (number !== undefined || performance.now() >= deadlineMs) return number;
    await sleep(LOOK_MS);
  }
}

/** Limits of a wait, and what is told during it. */
export interface WaitOptions {
  readonly timeoutSeconds?: number | undefined;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Told where the job is at each look, and what the manager last published of it; the last time once the job has ended. */
  readonly onLook?: (where: FoundJob | undefined, status: PublishedStatus | undefined) => Promise<void>;
  /** Told when the manager has gone. */
  readonly onManagerGone?: () => void;
}

/**
 * Waits until a job has ended. Throws `timeout`, `interrupted`, or `no_daemon` when no manager runs: at once if none
 * did when the wait began, after a minute if it went away meanwhile.
 */
export async function waitForEnd(
  queue: Queue,
  liveness: Liveness,
  job: TrackedJob,
  { timeoutSeconds = Number.POSITIVE_INFINITY, signal, onLook, onManagerGone = () => undefined }: WaitOptions,
): Promise<EndedJob> {
  const deadlineMs = performance.now() + timeoutSeconds * 1000;
  const beganMs = Date.now();
  const publishedNow = watchManager(queue, liveness, onManagerGone);
  let status: PublishedStatus | undefined;
  let known = job;
  for (let missed = 0; ; ) {
    const found = locate(queue.layout, known);
    await onLook?.(found, status);
    if (found !== undefined) known = { ...known, name: found.name };
    if (found !== undefined && hasEnded(found)) return endedJobIn(queue.layout, found);
    // A job on its way from one folder to the next may be missed by one look.
    missed = found === undefined ? missed + 1 : 0;
    if (missed > 3) return vanished(queue, known.name, beganMs);
    status = publishedNow();
    await pause(signal, known.name, deadlineMs);
  }
}

// It may have ended and been deleted between two looks.
function vanished({ layout }: Queue, name: string, sinceMs: number): EndedJob {
  const record = readRecentHistory(layout.history).find(
    (ended) => ended.name === name && Date.parse(ended.finishedAt ?? "") >= sinceMs,
  );
  return record === undefined ? { state: "gone", name } : endedJob(name, record);
}

async function pause(signal: AbortSignal, name: string, deadlineMs: number): Promise<void> {
  const leftMs = deadlineMs - performance.now();
  if (leftMs <= 0) throw new QmError("timeout", `waited too long: the job «${name}» has not ended`);
  await sleep(Math.min(LOOK_MS, leftMs), undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw new QmError("interrupted", `interrupted: the job «${name}» goes on`);
}

function identityAt(folder: string | Buffer): string | undefined {
  return tryOr(() => identityOf(fs.lstatSync(folder)), undefined);
}

/** Gives what the manager published last. Throws where none is there to wait for. */
function watchManager(queue: Queue, liveness: Liveness, onGone: () => void) {
  let status: PublishedStatus | undefined;
  let goneSinceMs: number | undefined;
  return (): PublishedStatus | undefined => {
    const manager = managerState(queue.layout, liveness);
    if (manager.kind === "alive") {
      goneSinceMs = undefined;
      status = manager.status;
      return status;
    }
    if (status === undefined) throw noManager(queue, liveness, NEVER_THERE);
    const nowMs = performance.now();
    if (goneSinceMs === undefined) onGone();
    goneSinceMs ??= nowMs;
    if (nowMs - goneSinceMs > PATIENCE_WITHOUT_MANAGER_MS) throw noManager(queue, liveness);
    return status;
  };
}

const NEVER_THERE = "no manager runs: no job starts, and what runs goes on without its end being recorded";

/** The exit code that ends of jobs amount to: 0 when all are done, else 1; of one job that failed its own. */
export function exitCodeOf(ends: readonly EndedJob[]): number {
  const codes = ends.map(codeOf);
  if (codes.every((code) => code === 0)) return 0;
  return codes.length === 1 ? (codes[0] ?? 1) : 1;
}

// A shell's exit code, which for a signal is 128 and its number; a record in a stranger's folder may say anything.
function codeOf({ state, record }: EndedJob): number {
  if (state === "done") return 0;
  const exitCode = record?.exitCode ?? 1;
  return state === "failed" && Number.isInteger(exitCode) && exitCode > 0 && exitCode < 256 ? exitCode : 1;
}

/** An end for programs; without a record nothing is known of it. */
export function endJson({ state, name, record }: EndedJob): object {
  if (state === "put_away") return { name, putAway: true };
  return state === "gone" ? { name } : { name, record };
}
