import path from "node:path";
import { discardJob } from "../app/delete-job.ts";
import { type FoundJob, hasEnded } from "../app/job-named.ts";
import { redoJob } from "../app/redo-job.ts";
import { request, wakeManager, withdrawRequest } from "../app/request-job.ts";
import { readJobRecord } from "../queue/books/job-records.ts";
import type { Layout, Shelf } from "../queue/layout.ts";
import { JOB_REQUESTS, PAUSE_REQUEST } from "../queue/request-files.ts";
import { QmError } from "../text/errors.ts";
import type { WebContext } from "./context.ts";
import type { Permissions } from "./view/permissions.ts";

/** What may be asked for a job. */
export type JobAction = "kill" | "hold" | "release" | "top" | "redo" | "delete";

/** How something is asked for. */
interface Wishes {
  /** Run again from the inputs alone. */
  readonly clean: boolean;
  /** The attempt after which it is to run again, as the asker saw it: a second click asks for no second run. */
  readonly attempt?: number | undefined;
  /** Who asks, as far as is known: nobody logs in to the page. */
  readonly by: string;
}

/**
 * Asks something for a job, by the same files and functions as the command line. Gives the name it has afterwards.
 * Throws `refused` where the job is not in the state for it, `failed` where the folders do not let us.
 */
export function actOnJob(
  { layout, trash }: Pick<WebContext, "layout" | "trash">,
  job: FoundJob,
  action: JobAction,
  wishes: Wishes,
): string {
  checkState(job, action);
  if (action === "redo") checkAttempt(job, wishes.attempt);
  const name = perform(layout, job, action, wishes);
  if (action === "delete") trash.empty();
  wakeManager(layout);
  return name;
}

/** Whoever asks through the page, in the words of a request: nobody logs in to it. */
export function visitorFrom(address: string | undefined): string {
  return `somebody at ${address ?? UNKNOWN}, through the page`;
}

/** Whatever asks through the API, in the words of a request. */
export function programFrom(address: string | undefined): string {
  return `a program at ${address ?? UNKNOWN}, through the API`;
}

/** Pauses the queue, or lets it go on. Throws `failed` where that is not allowed. */
export function setPaused(layout: Layout, paused: boolean, by: string): void {
  if (paused) request(layout.root, PAUSE_REQUEST, by);
  else withdrawRequest(layout.root, PAUSE_REQUEST);
  wakeManager(layout);
}

/** Throws `refused` where the configuration does not let those who see the page do this. */
export function checkPermission(permissions: Permissions, action: JobAction | "pause" | "resume"): void {
  const allowed = action === "delete" ? permissions.delete : permissions.act;
  if (allowed) return;
  const key = action === "delete" ? "Delete_Jobs" : "Licence_to_kill";
  throw new QmError("refused", `this page may not ${action}`, {
    mend: `set ${key} = True in section [WEB_QMserver] of QMserv.cfg, or use \`qm ${action}\``,
  });
}

/** Throws `refused` where a job is not in the state for this. */
export function checkState(job: FoundJob, action: JobAction): void {
  if (fits(job, action)) return;
  const { name, shelf, folder } = job;
  const ending = shelf === "queue" ? "Withdraw" : "Kill";
  throw new QmError("refused", `«${name}» ${STATE_WORDS[shelf]}: it cannot be ${PARTICIPLES[action]}`, {
    path: path.dirname(folder),
    ...(action === "delete" ? { mend: `${ending} it first: then it can be deleted` } : {}),
  });
}

function checkAttempt({ name, folder }: FoundJob, seen = Number.POSITIVE_INFINITY): void {
  const last = readJobRecord(folder)?.attempt ?? 0;
  if (last <= seen) return;
  throw new QmError("refused", `«${name}» has run again meanwhile: its last attempt is number ${last}`, {
    path: path.dirname(folder),
    mend: "look at how it ended; then it can be run once more",
  });
}

function fits(job: FoundJob, action: JobAction): boolean {
  if (action === "redo" || action === "delete") return hasEnded(job);
  return action === "kill" ? !hasEnded(job) : job.shelf === "queue";
}

function perform(layout: Layout, job: FoundJob, action: JobAction, { clean, by }: Wishes): string {
  switch (action) {
    case "kill":
      request(job.folder, JOB_REQUESTS.kill, by);
      return job.name;
    case "hold":
      request(job.folder, JOB_REQUESTS.hold, by);
      return job.name;
    case "release":
      withdrawRequest(job.folder, JOB_REQUESTS.hold);
      return job.name;
    case "top":
      request(job.folder, JOB_REQUESTS.top, by);
      return job.name;
    case "redo":
      return redoJob(layout, job, { clean });
    case "delete":
      discardJob(layout, job);
      return job.name;
  }
}

const UNKNOWN = "an unknown address";

const STATE_WORDS: Readonly<Record<Shelf, string>> = {
  queue: "is waiting",
  running: "is running",
  finished: "has ended",
  lost: "has ended",
};

const PARTICIPLES: Readonly<Record<JobAction, string>> = {
  kill: "killed",
  hold: "held",
  release: "released",
  top: "sent to the top",
  redo: "run again",
  delete: "deleted",
};
