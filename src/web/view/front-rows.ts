import type { Permissions } from "../../job/actions.ts";
import type { ArrivingJob, RunningJob, WaitingJob } from "../../job/job.ts";
import { briefCause, expectedEnd, fullReason, stateWord } from "../../job/words.ts";
import type { Stage } from "../../queue/layout.ts";
import { formatDuration, formatKnownDuration } from "../../text/duration.ts";
import { escapeControls, onOneLine } from "../../text/escape.ts";
import { counted, formatBytes, wantedProcessors } from "../../text/quantity.ts";
import type { ListedJob } from "../ended/ended-index.ts";
import { actionLinks, domId, jobLink, zipLink } from "./links.ts";
import { adviceFor } from "./notices.ts";
import { spanOf, timeView } from "./time-view.ts";

/** A running job as a row of the front page. */
export function runningRow(job: RunningJob, lastLine: string, nowMs: number) {
  const { startedAt, timeLimitSeconds, state } = job;
  const started = timeView(startedAt, nowMs);
  return {
    ...commonOf(job, "running"),
    /** Empty where there is but one. */
    worker: job.worker === undefined ? "" : escapeControls(job.worker),
    progress: progressView(job, nowMs),
    left: expectedEnd(job, nowMs),
    started,
    /** Without the word "ago". */
    elapsed: started === undefined ? "" : spanOf(Date.parse(started.iso), nowMs),
    limit: timeLimitSeconds === undefined ? "" : `of ${formatDuration(timeLimitSeconds)}`,
    processors: job.processors,
    lastLine: escapeControls(lastLine),
    /** It runs on all workers, and its note tells how many have ended. */
    isSpread: job.children !== undefined,
    /** Its hindrance, or that it is starting or ending. */
    note: job.note === undefined ? (state === "running" ? "" : `${state}…`) : escapeControls(job.note),
  };
}

/** A waiting job as a row of the front page. */
export function waitingRow(job: WaitingJob, maxProcessors: number, permissions: Permissions, nowMs: number) {
  return {
    ...commonOf(job, "queue"),
    rank: job.rank,
    /** As the job wants them, and what they are lowered to. */
    processors: wantedProcessors(job.processors, maxProcessors),
    priority: job.priority,
    queued: timeView(job.queuedAt, nowMs),
    held: job.held,
    reason: escapeControls(fullReason(job, adviceFor(permissions, job.reason))),
  };
}

/** An arriving folder as a row of the front page. */
export function arrivingRow({ name, bytes, files, reason }: ArrivingJob) {
  return {
    id: domId("arrives", name),
    name: escapeControls(name),
    size: `${formatBytes(bytes)} in ${counted(files, "file")}`,
    reason: escapeControls(reason),
  };
}

/** An ended job as a row of the front page. */
export function endedRow(job: ListedJob, nowMs: number) {
  return {
    ...commonOf(job, job.stage),
    state: job.state,
    word: stateWord(job.state, job.warning !== undefined),
    reason: escapeControls(briefCause(job.state, job.reason, job.warning)),
    finished: timeView(job.finishedMs, nowMs),
    ran: formatKnownDuration(job.ranSeconds) ?? "",
    size: escapeControls(job.size ?? ""),
    zipLink: zipLink(job.name),
    /** Its last attempt, after which it may run again. */
    attempt: job.attempt,
  };
}

function commonOf(
  { name, number, owner, description }: Pick<ListedJob, "name" | "number" | "owner" | "description">,
  stage: Stage,
) {
  return {
    /** Stable while the job lives, for the page's own updates. */
    id: domId("job", name),
    name: escapeControls(name),
    /** As `#12`; empty where it is not known. */
    number: number === undefined ? "" : `#${number}`,
    link: jobLink(name),
    owner: escapeControls(owner),
    description: onOneLine(description),
    act: actionLinks({ name, stage }),
  };
}

/** A job's progress as a bar, 0 to 100, and in words; undefined where it tells none. */
export function progressView(job: RunningJob, nowMs: number) {
  const { progress } = job;
  if (progress === undefined) return undefined;
  const percent = Math.floor(progress.fraction * 100);
  const text = progress.total === undefined ? `${percent} %` : `${progress.done} / ${progress.total}`;
  return { percent, text, left: expectedEnd(job, nowMs) };
}
