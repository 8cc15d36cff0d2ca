import type { QueueView } from "../app/queue-view.ts";
import type { RecentEnds } from "../app/recent-ends.ts";
import type { ArrivingJob, RunningJob, WaitingJob } from "../job/job.ts";
import { describeProgress } from "../job/progress.ts";
import type { JobRecord } from "../job/record.ts";
import { briefCause, expectedEnd, fullReason, headline, isFailure, warningOf, wordOf } from "../job/words.ts";
import { areWorkersWorthShowing, mostProcessors } from "../job/worker-status.ts";
import { formatDuration, formatKnownDuration } from "../text/duration.ts";
import { escapeControls } from "../text/escape.ts";
import { formatBytes, wantedProcessors } from "../text/quantity.ts";
import { paintState } from "./describe-end.ts";
import type { Sink, Style } from "./terminal/output.ts";
import { type Column, shortTable } from "./terminal/table.ts";
import { cutToWidth, wrapToWidth } from "./terminal/text-width.ts";
import { ago, secondsSince } from "./terminal/times.ts";
import { workerColumns } from "./worker-columns.ts";

const ALL = "`qm status --json` or -q lists all";

/** The status as lines for people: a headline, then one table for each kind of job there is. */
export function statusLines(
  view: QueueView,
  { shown, moreDone, moreFailed }: RecentEnds,
  style: Style,
  sink: Sink,
): string[] {
  const section = <Row>(title: string, rows: readonly Row[], columns: readonly Column<Row>[]): string[] =>
    rows.length === 0 ? [] : ["", style.bold(title), ...shortTable(rows, columns, sink, ALL)];
  const failed = shown.filter(({ state }) => isFailure(state));
  const done = shown.filter(({ state }) => state === "done");
  const more = (count: number) =>
    count === 0 ? [] : [cutToWidth(`  and ${count} more: \`qm history\` lists all`, sink.columns)];
  return [
    ...wrapToWidth(escapeControls(headline(view)), sink.columns).map(style.bold),
    ...warnings(view).flatMap((text) =>
      wrapToWidth(`! ${escapeControls(text)}`, sink.columns).map(style.yellow),
    ),
    ...section("Workers", areWorkersWorthShowing(view.workers) ? view.workers : [], workerColumns(style)),
    ...section("Running", view.running, runningColumns(style, view.workers.length > 1)),
    ...section("Waiting", view.waiting, waitingColumns(mostProcessors(view))),
    ...section("Arriving", view.arriving, ARRIVING),
    ...section("Not jobs", view.strays, STRAYS),
    ...section("Ended badly", failed, endedColumns(style)),
    ...more(moreFailed),
    ...section("Done lately", done, endedColumns(style)),
    ...more(moreDone),
  ];
}

function warnings({ manager, silence, closed, paused, notices }: QueueView): string[] {
  return [
    manager.kind === "absent" ? noManager(manager.lastSeen) : undefined,
    silence,
    closed ?? (paused ? "the queue is paused: `qm resume` goes on" : undefined),
    ...notices,
  ].filter((text) => text !== undefined);
}

function noManager(lastSeen: string | undefined): string {
  return `no manager runs${lastSeen === undefined ? "" : ` (last seen ${ago(lastSeen)})`}: no job starts until \`qm start\``;
}

/** The number of a job, beside its name. */
const NUMBER: Column<{ readonly number?: number }> = {
  title: "NO",
  of: ({ number }) => number?.toString() ?? "-",
  align: "right",
};

const WORKER: Column<RunningJob> = { title: "WORKER", of: ({ worker }) => worker ?? "-", shrinkTo: 8 };

function runningColumns(style: Style, areSeveral: boolean): Column<RunningJob>[] {
  return [
    { title: "JOB", of: ({ name }) => name, shrinkTo: 12, paint: (text) => style.cyan(text) },
    NUMBER,
    ...(areSeveral ? [WORKER] : []),
    { title: "PROGRESS", of: ({ progress }) => (progress === undefined ? "-" : describeProgress(progress)) },
    { title: "LEFT", of: (job) => expectedEnd(job, Date.now()) || "-" },
    { title: "ELAPSED", of: ({ startedAt }) => elapsed(startedAt), align: "right" },
    {
      title: "LIMIT",
      of: ({ timeLimitSeconds }) => formatKnownDuration(timeLimitSeconds) ?? "-",
      align: "right",
    },
    { title: "PROC", of: ({ processors }) => String(processors), align: "right" },
    { title: "OWNER", of: ({ owner }) => owner, shrinkTo: 8, isSpare: true },
    { title: "NOTE", of: noteOf, shrinkTo: 12 },
  ];
}

function noteOf({ state, note, description }: RunningJob): string {
  return note ?? (state === "running" ? description : state);
}

function elapsed(startedAt: string | undefined): string {
  return startedAt === undefined ? "-" : formatDuration(secondsSince(startedAt));
}

function waitingColumns(maxProcessors: number): Column<WaitingJob>[] {
  return [
    { title: "#", of: ({ rank }) => String(rank), align: "right" },
    { title: "JOB", of: ({ name }) => name, shrinkTo: 12 },
    NUMBER,
    { title: "PROC", of: ({ processors }) => wantedProcessors(processors, maxProcessors), align: "right" },
    { title: "PRIO", of: ({ priority }) => String(priority), align: "right", isSpare: true },
    { title: "WAITED", of: ({ queuedAt }) => formatDuration(secondsSince(queuedAt)), align: "right" },
    { title: "OWNER", of: ({ owner }) => owner, shrinkTo: 8, isSpare: true },
    {
      title: "WHY",
      of: (job) => fullReason(job),
      shrinkTo: 12,
      wraps: true,
    },
  ];
}

const ARRIVING: readonly Column<ArrivingJob>[] = [
  { title: "FOLDER", of: ({ name }) => name, shrinkTo: 12 },
  { title: "SIZE", of: ({ bytes }) => formatBytes(bytes), align: "right" },
  { title: "FILES", of: ({ files }) => String(files), align: "right" },
  { title: "WHY", of: ({ reason }) => reason, shrinkTo: 12, wraps: true },
];

const STRAYS: readonly Column<QueueView["strays"][number]>[] = [
  { title: "NAME", of: ({ name }) => name, shrinkTo: 12 },
  { title: "WHAT TO DO", of: ({ reason }) => reason, shrinkTo: 12, wraps: true },
];

/** The columns of lists of ended jobs. */
export function endedColumns(style: Style): Column<JobRecord>[] {
  return [
    { title: "OUTCOME", of: wordOf, paint: (text, { state }) => paintState(style, state, text) },
    { title: "JOB", of: ({ name }) => name, shrinkTo: 12 },
    NUMBER,
    {
      title: "ENDED",
      of: ({ finishedAt }) => (finishedAt === undefined ? "-" : ago(finishedAt)),
      align: "right",
    },
    { title: "RAN", of: ({ ranSeconds }) => formatKnownDuration(ranSeconds) ?? "-", align: "right" },
    { title: "OWNER", of: ({ owner }) => owner, shrinkTo: 8, isSpare: true },
    { title: "WHY", of: whyEnded, shrinkTo: 12, wraps: true },
  ];
}

// Several problems of an info file stand on a line each; in a cell the line breaks would be shown escaped.
function whyEnded(record: JobRecord): string {
  return briefCause(record.state, record.reason.replaceAll("\n", " / "), warningOf(record));
}
