import fs from "node:fs";
import path from "node:path";
import type { RunningJob, WaitingJob } from "../job/job.ts";
import { ownerOf } from "../job/job-info.ts";
import { type Progress, readProgress } from "../job/progress.ts";
import type { PublishedStatus, QueueState } from "../job/published-status.ts";
import { compareAdmission } from "../plan/schedule-order.ts";
import { describeReadiness } from "../plan/settle.ts";
import { readOwnLogTail } from "../queue/files/job-log.ts";
import { type Admission, Admissions } from "../queue/intake/admissions.ts";
import { JOB_FILES, type Layout } from "../queue/layout.ts";
import { findRequests, JOB_REQUESTS } from "../queue/request-files.ts";
import { tryOr } from "../text/try-or.ts";
import { isUnfinishedName } from "../text/unfinished-names.ts";
import { withoutUndefined } from "../text/without-undefined.ts";
import { arrivingJob, type FoldersView, UNSEEN, viewFolders } from "./folders-view.ts";
import { type Liveness, type ManagerState, managerState, silenceOf } from "./manager-state.ts";
import { otherConfiguration } from "./other-configuration.ts";
import type { Queue } from "./queue.ts";
import { ownOf, processorsOf, withRunning, workersAlone } from "./workers.ts";

/** The queue as it stands, by the manager's own view or, without one, by its folders. */
export interface QueueView extends QueueState {
  readonly manager: ManagerState;
  /** That the manager lives but does nothing, in plain words. */
  readonly silence?: string;
}

/** The end of a log that is looked through for its progress. */
const PROGRESS_BYTES = 64 * 1024;

/** Looks at the queue. Throws what the file system throws where the folders cannot be read. */
export function viewQueue(queue: Queue, liveness: Liveness): QueueView {
  const { layout } = queue;
  const manager = managerState(layout, liveness);
  const view =
    manager.kind === "alive" ? joined(manager.status, viewFolders(queue)) : viewFoldersAlone(queue);
  const silence = silenceOf(manager);
  const other = otherConfiguration(queue.loaded, manager, liveness);
  return {
    manager,
    ...view,
    notices: other === undefined ? view.notices : [...view.notices, other],
    ...(silence === undefined ? {} : { silence }),
    running: view.running.map((job) => withProgress(job, layout)),
  };
}

// A published status may be a second old: where a job lies is for the folders to say, all else for the manager.
function joined(told: PublishedStatus, folders: FoldersView): QueueState {
  const status = countedFromNow(told);
  const { processors, launchType, closed, idle, paused, disk, strays, notices } = status;
  const jobs = [...folders.waiting, ...folders.arriving];
  const inQueue = new Set(jobs.map(({ name }) => name));
  const published = new Set([...status.waiting, ...status.arriving].map(({ name }) => name));
  const unseen = jobs.filter(({ name }) => !published.has(name));
  const running = folders.running.map((job) => status.running.find(({ name }) => name === job.name) ?? job);
  const busy = processorsOf(running);
  return {
    processors: { max: processors.max, busy },
    workers: status.workers.map((worker) => withRunning(worker, ownOf(worker, running))),
    launchType,
    ...(closed === undefined ? {} : { closed }),
    ...(idle === undefined || busy !== processors.busy ? {} : { idle }),
    paused,
    disk,
    running,
    waiting: status.waiting.filter(({ name }) => inQueue.has(name)),
    arriving: [
      ...status.arriving.filter(({ name }) => inQueue.has(name)),
      ...unseen.map(({ name }) => arrivingJob(name, "just seen")),
    ],
    strays,
    notices,
  };
}

/** The status with what it expects as it is from now, of which all is as much nearer as the status is old. */
function countedFromNow(status: PublishedStatus): PublishedStatus {
  const age = Math.max(0, (Date.now() - Date.parse(status.madeAt ?? "")) / 1000);
  if (!(age >= 1)) return status;
  const nearer = (seconds: number) => Math.max(0, Math.round(seconds - age));
  return {
    ...status,
    running: status.running.map(({ expectedEndSeconds: seconds, ...job }) =>
      seconds === undefined ? job : { ...job, expectedEndSeconds: nearer(seconds) },
    ),
    waiting: status.waiting.map(({ expectedStartSeconds: seconds, ...job }) =>
      seconds === undefined ? job : { ...job, expectedStartSeconds: nearer(seconds) },
    ),
  };
}

/** Progress of a running job, by the end of its log. */
export function progressOf(layout: Layout, name: string): Progress | undefined {
  const tail = readOwnLogTail(path.join(layout.running, name), JOB_FILES.log, PROGRESS_BYTES);
  return tail === undefined ? undefined : readProgress(tail.toString("utf8"));
}

function withProgress(job: RunningJob, layout: Layout): RunningJob {
  const progress = progressOf(layout, job.name);
  return progress === undefined ? job : { ...job, progress };
}

const MAY_HAVE_ENDED = "no manager runs: it may have ended, which the next one will find out";
const UNATTENDED: Readonly<Record<RunningJob["state"], string>> = {
  starting: "no manager runs: the next one starts it, or finds out what became of it",
  running: MAY_HAVE_ENDED,
  ending: MAY_HAVE_ENDED,
};

/**
 * The queue without a manager: what it had admitted waits, in the order of priorities and places, and so does what says by `QM_READY`
 * that it is whole; all else arrives. Throws what the file system throws.
 */
export function viewFoldersAlone({ layout, config }: Pick<Queue, "layout" | "config">): QueueState {
  const view = viewFolders({ layout, config });
  const admissions = new Admissions(layout.admissions);
  const known = view.waiting.map((job) => {
    const admission = admissions.get(job.name);
    const folder = path.join(layout.queue, job.name);
    return { job, admission, arrives: whyItArrives(folder, admission, config.unfinishedNames) };
  });
  const workers = workersAlone({ layout, config }, view.running);
  return {
    processors: {
      max: workers.reduce((sum, { processors }) => sum + processors.max, 0),
      busy: processorsOf(view.running),
    },
    workers,
    ...view,
    running: view.running.map((job) => ({ ...job, note: UNATTENDED[job.state] })),
    waiting: known
      .filter(({ arrives }) => arrives === undefined)
      .map(({ job, admission }) => ({ ...job, ...(admission === undefined ? {} : admittedAs(admission)) }))
      .sort(compareWaiting)
      .map(({ place: _place, sentToTop: _top, ...job }, ahead) => ({ ...job, rank: ahead + 1 })),
    arriving: [
      ...known.flatMap(({ job: { name }, arrives }) =>
        arrives === undefined ? [] : [arrivingJob(name, arrives)],
      ),
      ...view.arriving,
    ],
  };
}

interface Placed extends WaitingJob {
  readonly place?: number;
  readonly sentToTop?: boolean;
}

function admittedAs({ info, bytes, place, sentToTop, admittedAtMs, reassigned }: Admission) {
  const { description, processors, priority } = info;
  const queuedAt = new Date(admittedAtMs).toISOString();
  const asked = { owner: ownerOf(info), description, processors, priority };
  return withoutUndefined({ ...asked, bytes, queuedAt, place, sentToTop, reassigned });
}

// Held ones come last, as for a manager.
function compareWaiting(left: Placed, right: Placed): number {
  const placed = ({ place = Number.POSITIVE_INFINITY, ...job }: Placed) => ({ ...job, place });
  return Number(left.held) - Number(right.held) || compareAdmission(placed(left), placed(right));
}

/** Undefined for what waits. An admitted folder is not judged anew as long as it is as it was. */
function whyItArrives(
  folder: string,
  admission: Admission | undefined,
  unfinishedNames: readonly string[],
): string | undefined {
  if (admission !== undefined && modifiedMs(folder) === admission.folderMtimeMs) return undefined;
  const { files } = findRequests(folder);
  if (files.some(({ request }) => request === JOB_REQUESTS.ready)) return undefined;
  const names = namesIn(folder);
  const temporaryName = names.find((name) => isUnfinishedName(name, unfinishedNames));
  if (temporaryName !== undefined) return describeReadiness({ kind: "copying", temporaryName });
  if (names.length === files.length) return describeReadiness({ kind: "empty" });
  return admission === undefined ? UNSEEN : undefined;
}

function modifiedMs(folder: string): number | undefined {
  return fs.lstatSync(folder, { throwIfNoEntry: false })?.mtimeMs;
}

// A folder that cannot be listed does not count as empty.
function namesIn(folder: string): readonly string[] {
  return tryOr(() => fs.readdirSync(folder), [path.basename(folder)]);
}
