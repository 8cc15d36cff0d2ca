import os from "node:os";
import path from "node:path";
import { networkFileSystem } from "../disk/file-system.ts";
import type { Log } from "../disk/log.ts";
import type { JobRecord } from "../job/record.ts";
import { PastRuns } from "../plan/estimates.ts";
import { Attempts } from "../queue/attempts/attempts.ts";
import { History } from "../queue/books/history.ts";
import { firstNumber, JobNumbers } from "../queue/books/job-numbers.ts";
import { readJobRecord } from "../queue/books/job-records.ts";
import { Admissions } from "../queue/intake/admissions.ts";
import { QueueScan } from "../queue/intake/queue-scan.ts";
import type { Layout } from "../queue/layout.ts";
import { NameIndex } from "../queue/stages.ts";
import { tryOr } from "../text/try-or.ts";
import { isUnfinishedName } from "../text/unfinished-names.ts";
import { HealthCheck, healthOf } from "../worker/health.ts";
import { LocalWorker, type SpawnShim } from "../worker/local-worker.ts";
import { CopyIns } from "./actions/copy-ins.ts";
import { removeLeftover } from "./actions/leftover-requests.ts";
import { MAX_ACTIONS_AT_ONCE } from "./actions/perform.ts";
import { ChildCopies } from "./child-copies.ts";
import type { Context } from "./context.ts";
import { Fence } from "./fence.ts";
import { PostOffice } from "./letters/post-office.ts";
import { ownWorker } from "./own-worker.ts";
import { RunMemory } from "./run-memory.ts";
import { RunScan } from "./run-scan.ts";
import { Spreads } from "./spreads.ts";
import { Workers } from "./workers.ts";

/** The time for which a pass may look at folders that are new, and at those that wait. */
const LOOK_BUDGET_MS = 2;

/** A program that copies several small folders makes the next within so long; a person takes longer. */
const NEWCOMERS_CLOSELY_MS = 100;

/** On a network mount nothing tells of what comes: with a settle time of 2 s a job starts within 4 s after its copying. */
const MOUNT_NEWS_MS = 1000;

/** Number of the history's last lines to check: other jobs may end while one waits for the disk, but not this many. */
const MAX_LINES_CUT_SHORT = 8 * MAX_ACTIONS_AT_ONCE;

/** Parts of a context that its manager has already. */
type Given = Pick<Context, "config" | "log" | "wake" | "tenure"> & { readonly spawnShim: SpawnShim };

/** Opens the records and caches of a queue. Throws what the file system throws. */
export function openContext(layout: Layout, given: Given): Context {
  const { spawnShim, ...rest } = given;
  const { config, log, wake } = rest;
  const worker = config().worker.name;
  const memory = new RunMemory();
  const admissions = new Admissions(layout.admissions);
  const attempts = new Attempts(layout, worker);
  const source = {
    folders: [layout.finished, layout.lost],
    tell: (count: number) => log.info("history rebuilt from the job folders", { attempts: count }),
  };
  const history = new History(layout.history, source, () => given.tenure.confirm());
  const numbers = openNumbers(layout, admissions, attempts);
  const recent = history.recent();
  removeLeftRequests(layout, log, recent.slice(-MAX_LINES_CUT_SHORT));
  const pastRuns = new PastRuns();
  for (const record of recent) pastRuns.add(record);
  const place = { worker, host: os.hostname() };
  const health = new HealthCheck(() => healthOf(config(), worker), wake);
  const own = new LocalWorker({
    place,
    offer: () => ({ ...ownWorker(config()), closed: health.why }),
    settings: config,
    spawnShim,
    wake,
    warn: (message, fields) => log.warn(message, fields),
  });
  const workers = new Workers(own, layout, config, health);
  const pollMs = () => config().pollSeconds * 1000;
  const newsGapMs = networkFileSystem(layout.queue) === undefined ? Number.POSITIVE_INFINITY : MOUNT_NEWS_MS;
  return {
    ...rest,
    layout,
    place,
    queue: new QueueScan(layout.queue, admissions, {
      everyMs: pollMs,
      listEveryMs: () => Math.min(pollMs(), newsGapMs),
      budgetMs: LOOK_BUDGET_MS,
      closelyMs: NEWCOMERS_CLOSELY_MS,
      isUnfinished: (name) => isUnfinishedName(name, config().unfinishedNames),
      jobFiles: () => config().jobFiles,
    }),
    admissions,
    numbers,
    attempts,
    workers,
    runScan: new RunScan(layout, attempts, memory, workers),
    history,
    pastRuns,
    finishedNames: new NameIndex(layout.finished),
    lostNames: new NameIndex(layout.lost),
    memory,
    leavingNames: new Set(),
    unmoved: unmovedOf(layout, recent),
    copyIns: new CopyIns(layout, log, wake),
    spreads: new Spreads(layout, attempts),
    childCopies: new ChildCopies(wake),
    fence: new Fence({ config, log, wake }),
    mail: new PostOffice({ layout, config, log }),
  };
}

/** Opens the numbers of the queue's jobs, and gives one to each waiting job that has none. */
function openNumbers(layout: Layout, admissions: Admissions, attempts: Attempts): JobNumbers {
  const numbers = new JobNumbers(layout.nextNumber, () => {
    // A launch that cannot be read keeps passes waiting, not the manager from starting.
    const jobs = [...admissions.list(), ...tryOr(() => attempts.list(), []).map(({ launch }) => launch)];
    return firstNumber(
      layout,
      jobs.map(({ number }) => number),
    );
  });
  for (const admission of admissions.list()) {
    const number = admission.number === undefined ? numbers.next() : undefined;
    if (number !== undefined) admissions.set({ ...admission, number });
  }
  return numbers;
}

// A crash between the last rename of a withdrawn job and the removal of its request leaves that behind, which would
// withdraw the job again as soon as somebody redoes it.
function removeLeftRequests(layout: Layout, log: Log, cutShort: readonly JobRecord[]): void {
  for (const { state, name, runId } of cutShort) {
    const folder = path.join(layout.finished, name);
    if (state === "killed" && readJobRecord(folder)?.runId === runId) removeLeftover({ log }, folder);
  }
}

function unmovedOf(layout: Layout, recent: readonly JobRecord[]): Set<string> {
  const unmoved = recent.filter(
    ({ state, name, runId }) =>
      state === "invalid" && readJobRecord(path.join(layout.queue, name))?.runId === runId,
  );
  return new Set(unmoved.map(({ runId }) => runId));
}
