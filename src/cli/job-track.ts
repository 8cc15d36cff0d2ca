import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasEnded } from "../app/find-job.ts";
import { managerState } from "../app/manager-state.ts";
import type { Queue } from "../app/queue.ts";
import { endedJobIn } from "../app/shown-job.ts";
import { type EndedJob, endedJob } from "../job/job.ts";
import type { PublishedStatus } from "../job/published-status.ts";
import { readRecentHistory } from "../queue/books/job-records.ts";
import { identityOf } from "../queue/intake/arrival.ts";
import { SHELVES, type Shelf } from "../queue/layout.ts";
import { listShelf } from "../queue/shelves.ts";
import { QmError } from "../text/errors.ts";
import { tryOr } from "../text/try-or.ts";
import { noManager } from "./existing-queue.ts";
import type { Session } from "./session.ts";
import { note } from "./terminal/output.ts";

/** A job looked at again and again, known by its folder's device and inode while it moves and is renamed. */
export interface TrackedJob {
  readonly name: string;
  readonly identity: string;
}

/** Where a tracked job is now. */
export type JobLocation =
  | { readonly kind: "here"; readonly name: string; readonly shelf: Shelf; readonly folder: string }
  | { readonly kind: "gone" };

const LOOK_MS = 150;
/** A manager that is being upgraded is back within this time. */
const PATIENCE_WITHOUT_MANAGER_MS = 60_000;

/** Finds a tracked job, under another name too. Some mounts change inode numbers: there the name alone tells. */
export function locate({ layout }: Queue, { name, identity }: TrackedJob): JobLocation {
  const named = SHELVES.map((shelf) => ({ shelf, folder: path.join(layout[shelf], name) })).filter(
    ({ folder }) => identityAt(folder) !== undefined,
  );
  const same = named.find(({ folder }) => identityAt(folder) === identity);
  if (same !== undefined) return { kind: "here", name, ...same };
  for (const shelf of SHELVES) {
    const entry = listShelf(layout[shelf]).find((candidate) => identityAt(candidate.path) === identity);
    if (entry !== undefined)
      return { kind: "here", name: entry.name, shelf, folder: path.join(layout[shelf], entry.name) };
  }
  const [first] = named;
  return first === undefined ? { kind: "gone" } : { kind: "here", name, ...first };
}

/** The job in a folder, to be tracked from now on. */
export function track(name: string, folder: string): TrackedJob {
  return { name, identity: identityAt(folder) ?? "" };
}

/** What a wait may cost, and what it does between two looks. */
export interface WaitOptions {
  readonly timeoutSeconds?: number;
  /** Told where the job is at each look, and what the manager last published of it; the last time once the job has ended. */
  readonly onLook?: (where: JobLocation, status: PublishedStatus | undefined) => Promise<void>;
}

/**
 * Waits until a job has ended. Throws `timeout`, `interrupted`, or `no_daemon` when no manager runs: at once if none
 * did when the wait began, after a minute if it went away meanwhile.
 */
export async function waitForEnd(
  session: Session,
  queue: Queue,
  job: TrackedJob,
  { timeoutSeconds, onLook }: WaitOptions = {},
): Promise<EndedJob> {
  const deadlineMs = performance.now() + (timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const beganMs = Date.now();
  const watch = new ManagerWatch(session, queue);
  let known = job;
  for (let missed = 0; ; ) {
    const where = locate(queue, known);
    await onLook?.(where, watch.status);
    if (where.kind === "here") known = { ...known, name: where.name };
    if (where.kind === "here" && hasEnded(where)) return endedJobIn(queue.layout, where);
    // A job on its way from one folder to the next may be missed by one look.
    missed = where.kind === "gone" ? missed + 1 : 0;
    if (missed > 3) return vanished(queue, known.name, beganMs);
    watch.look();
    await pause(session, known.name, deadlineMs);
  }
}

// It may have ended and been deleted between two looks.
function vanished({ layout }: Queue, name: string, sinceMs: number): EndedJob {
  const record = readRecentHistory(layout.history).find(
    (ended) => ended.name === name && Date.parse(ended.finishedAt ?? "") >= sinceMs,
  );
  return record === undefined ? { state: "gone", name } : endedJob(name, record);
}

async function pause({ io }: Session, name: string, deadlineMs: number): Promise<void> {
  const leftMs = deadlineMs - performance.now();
  if (leftMs <= 0) throw new QmError("timeout", `waited too long: the job «${name}» has not ended`);
  const signal = io.interruption();
  await sleep(Math.min(LOOK_MS, leftMs), undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw new QmError("interrupted", `interrupted: the job «${name}» goes on`);
}

function identityAt(folder: string | Buffer): string | undefined {
  return tryOr(() => identityOf(fs.lstatSync(folder)), undefined);
}

/** Notices when no manager is there to wait for. */
class ManagerWatch {
  readonly #session: Session;
  readonly #queue: Queue;
  /** As it was at the last look. */
  status: PublishedStatus | undefined;
  #looks = 0;
  #goneSinceMs: number | undefined;

  constructor(session: Session, queue: Queue) {
    this.#session = session;
    this.#queue = queue;
  }

  look(): void {
    this.#looks += 1;
    const manager = managerState(this.#queue.layout, this.#session.services);
    if (manager.kind === "alive") {
      this.status = manager.status;
      this.#goneSinceMs = undefined;
      return;
    }
    const nowMs = performance.now();
    if (this.#looks === 1)
      throw noManager(
        this.#session,
        this.#queue,
        "no manager runs: no job starts, and what runs goes on without its end being recorded",
      );
    if (this.#goneSinceMs === undefined)
      note(this.#session.io, "the manager has stopped; waiting for it to come back");
    this.#goneSinceMs ??= nowMs;
    if (nowMs - this.#goneSinceMs > PATIENCE_WITHOUT_MANAGER_MS) throw noManager(this.#session, this.#queue);
  }
}
