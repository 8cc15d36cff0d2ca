import type { QueueView } from "../../app/queue-view.ts";
import type { JobAction, Permissions } from "../../job/actions.ts";
import type { ArrivingJob, RunningJob, WaitingJob } from "../../job/job.ts";
import { expectedEnd, stateWord, withExpectedStart } from "../../job/words.ts";
import type { Shelf } from "../../queue/layout.ts";
import { formatDuration, formatKnownDuration } from "../../text/duration.ts";
import { escapeControls, onOneLine } from "../../text/escape.ts";
import { counted, formatBytes, wantedProcessors } from "../../text/quantity.ts";
import type { ListedJob } from "../ended/ended-index.ts";
import { actionLinks, domId, jobLink, zipLink } from "./links.ts";
import { adviceFor } from "./notices.ts";
import { spanOf, type TimeView, timeView } from "./time-view.ts";

/** What all rows have in common. */
interface JobRow {
  /** Stable while the job lives, for the page's own updates. */
  readonly id: string;
  readonly name: string;
  readonly link: string;
  readonly owner: string;
  readonly description: string;
  /** Where each action is asked for. */
  readonly act: Readonly<Record<JobAction, string>>;
}

/** A running job, as `front.ejs` shows it. */
export interface RunningRow extends JobRow {
  readonly progress: ProgressView | undefined;
  /** When it may be at its end, in words; empty where nothing tells. */
  readonly left: string;
  readonly started: TimeView | undefined;
  /** Without the word "ago". */
  readonly elapsed: string;
  readonly limit: string;
  readonly processors: number;
  readonly lastLine: string;
  /** What stands in its way, or that it is starting or ending. */
  readonly note: string;
}

/** A running job as a row of the front page. */
export function runningRow(job: RunningJob, lastLine: string, nowMs: number): RunningRow {
  const { startedAt, timeLimitSeconds, state } = job;
  const started = timeView(startedAt, nowMs);
  return {
    ...commonOf(job, "running"),
    progress: progressView(job, nowMs),
    left: expectedEnd(job, nowMs),
    started,
    elapsed: started === undefined ? "" : spanOf(Date.parse(started.iso), nowMs),
    limit: timeLimitSeconds === undefined ? "" : `of ${formatDuration(timeLimitSeconds)}`,
    processors: job.processors,
    lastLine: escapeControls(lastLine),
    note: job.note === undefined ? (state === "running" ? "" : `${state}…`) : escapeControls(job.note),
  };
}

/** A waiting job, as `front.ejs` shows it. */
export interface WaitingRow extends JobRow {
  readonly rank: number;
  /** As the job wants them, and what they are lowered to. */
  readonly processors: string;
  readonly priority: number;
  readonly queued: TimeView | undefined;
  readonly held: boolean;
  readonly reason: string;
}

/** A waiting job as a row of the front page. */
export function waitingRow(
  job: WaitingJob,
  { max }: QueueView["processors"],
  permissions: Permissions,
  nowMs: number,
): WaitingRow {
  return {
    ...commonOf(job, "queue"),
    rank: job.rank,
    processors: wantedProcessors(job.processors, max),
    priority: job.priority,
    queued: timeView(job.queuedAt, nowMs),
    held: job.held,
    reason: escapeControls(withExpectedStart(adviceFor(permissions, job.reason), job.expectedStartSeconds)),
  };
}

/** An arriving folder, as `front.ejs` shows it. */
export interface ArrivingRow {
  readonly id: string;
  readonly name: string;
  readonly size: string;
  readonly reason: string;
}

/** An arriving folder as a row of the front page. */
export function arrivingRow({ name, bytes, files, reason }: ArrivingJob): ArrivingRow {
  return {
    id: domId("arrives", name),
    name: escapeControls(name),
    size: `${formatBytes(bytes)} in ${counted(files, "file")}`,
    reason: escapeControls(reason),
  };
}

/** An ended job, as `front.ejs` shows it. */
export interface EndedRow extends JobRow {
  readonly state: string;
  readonly word: string;
  readonly reason: string;
  readonly finished: TimeView | undefined;
  readonly ran: string;
  readonly size: string;
  readonly zipLink: string;
  /** Its last attempt, after which it may run again. */
  readonly attempt: number;
}

/** An ended job as a row of the front page. */
export function endedRow(job: ListedJob, nowMs: number): EndedRow {
  return {
    ...commonOf(job, job.shelf),
    state: job.state,
    word: stateWord(job.state, job.warning !== undefined),
    reason: endedReason(job),
    finished: timeView(job.finishedMs, nowMs),
    ran: formatKnownDuration(job.ranSeconds) ?? "",
    size: escapeControls(job.size ?? ""),
    zipLink: zipLink(job.name),
    attempt: job.attempt,
  };
}

function endedReason({ state, reason, warning }: ListedJob): string {
  const told = [state === "done" ? undefined : reason, warning].filter((text) => text !== undefined);
  return escapeControls(told.join("; "));
}

function commonOf(
  { name, owner, description }: Pick<ListedJob, "name" | "owner" | "description">,
  shelf: Shelf,
): JobRow {
  return {
    id: domId("job", name),
    name: escapeControls(name),
    link: jobLink(name),
    owner: escapeControls(owner),
    description: onOneLine(description),
    act: actionLinks({ name, shelf }),
  };
}

/** How far a job is, as a bar and in words. */
export interface ProgressView {
  /** 0 to 100. */
  readonly percent: number;
  /** ` 3 / 10`, or the percentage. */
  readonly text: string;
  /** When it may be at its end: `about 4 min left`; empty while that cannot be told. */
  readonly left: string;
}

/** A job's progress as shown; undefined where it tells none. */
export function progressView(job: RunningJob, nowMs: number): ProgressView | undefined {
  const { progress } = job;
  if (progress === undefined) return undefined;
  const percent = Math.floor(progress.fraction * 100);
  const text = progress.total === undefined ? `${percent} %` : `${progress.done} / ${progress.total}`;
  return { percent, text, left: expectedEnd(job, nowMs) };
}
