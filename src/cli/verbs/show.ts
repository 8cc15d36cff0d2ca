import { type FoundJob, findGoneJob, findJob, SHELF_WORDS } from "../../client/find-job.ts";
import type { Queue } from "../../client/queue.ts";
import { type QueueView, viewQueue } from "../../client/queue-view.ts";
import { formatDuration } from "../../core/duration.ts";
import { escapeControls } from "../../core/escape.ts";
import { type JobInfo, ownerOf } from "../../core/job-info.ts";
import { formatBytes } from "../../core/quantity.ts";
import type { JobRecord } from "../../core/record.ts";
import { STATE_WORDS } from "../../core/state-words.ts";
import { readJobInfo } from "../../folders/info-file.ts";
import { readEndRecord, readJobRecord } from "../../folders/job-records.ts";
import { localTime } from "../../folders/status-text.ts";
import { paintState } from "../describe-end.ts";
import { openExistingQueueAnyway } from "../existing-queue.ts";
import { fieldLines } from "../field-lines.ts";
import { writeJson, writeLines, writeNames } from "../output.ts";
import type { Session } from "../session.ts";
import { describeProgress } from "../status-text.ts";
import { type Style, styleFor } from "../style.ts";
import { ago } from "../times.ts";
import type { AddVerb } from "../verb.ts";

type Live = Partial<
  QueueView["running"][number] & QueueView["waiting"][number] & QueueView["arriving"][number]
>;

interface Shown {
  /** Without a shelf and a folder where the history alone tells of it. */
  readonly job: Pick<FoundJob, "name"> & Partial<FoundJob>;
  /** The manager's view of a job that has not ended. */
  readonly live: Live | undefined;
  /** Of its last attempt, which for a waiting job is an earlier one. */
  readonly record: JobRecord | undefined;
  readonly info: JobInfo | undefined;
  /** It lies among the ended jobs though no record says that it has ended. */
  readonly putAway: boolean;
}

/**
 * `qm show JOB`: everything known of one job, in plain words; of one whose folder is gone what the history knows.
 * `--json`: `{ version: 1, name, shelf: "queue" | "running" | "finished" | "lost" | "gone", folder?, live?: its entry
 * in `qm status --json`, record?: its `.qm/job.json` or its line of the history, putAway?: true where it was moved
 * among the ended jobs by hand, info?: what its info file asks for }`. `-q`: the path of its folder.
 */
export const addShow: AddVerb = (program, bind) => {
  program
    .command("show")
    .description("show everything known of one job, and where it lies")
    .argument("<job>", "name of a job")
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only the path of its folder")
    .action(
      bind(async (session, name: string, options: { readonly json?: boolean; readonly quiet?: boolean }) => {
        const { io } = session;
        const queue = openExistingQueueAnyway(session);
        if (options.quiet === true) {
          writeNames(io, [findJob(queue.layout, name).folder]);
          return 0;
        }
        const gone = findGoneJob(queue.layout, name);
        const shown = gone === undefined ? look(session, queue, findJob(queue.layout, name)) : lookBack(gone);
        if (options.json === true) writeJson(io, shownJson(shown));
        else writeLines(io.stdout, showLines(session, shown));
        return 0;
      }),
    );
};

function look(session: Session, queue: Queue, job: FoundJob): Shown {
  const isLive = job.shelf === "queue" || job.shelf === "running";
  const view = isLive ? viewQueue(queue, session.services) : undefined;
  const entries: readonly (Live & { readonly name: string })[] =
    view === undefined ? [] : [...view.running, ...view.waiting, ...view.arriving];
  const info = readJobInfo(job.folder, queue.config.jobFiles);
  const ended = isLive ? undefined : readEndRecord(queue.layout, job.folder);
  const record = ended ?? readJobRecord(job.folder);
  return {
    job,
    live: entries.find(({ name }) => name === job.name),
    record,
    info: info.kind === "ok" ? info.value : undefined,
    putAway: !isLive && ended === undefined && record !== undefined,
  };
}

function lookBack(record: JobRecord): Shown {
  return { job: { name: record.name }, live: undefined, record, info: undefined, putAway: false };
}

function shownJson({ job, live, record, info, putAway }: Shown): object {
  const { name, shelf = "gone", folder } = job;
  return { version: 1, name, shelf, folder, live, record, ...(putAway ? { putAway } : {}), info };
}

function showLines({ io }: Session, shown: Shown): string[] {
  const { job } = shown;
  const style = styleFor(io.stdout, io.env);
  return [
    `${style.bold(escapeControls(job.name))}  ${stateOf(shown, style)}`,
    ...whyOf(shown)
      .filter((line) => line !== "")
      .map((line) => `  ${escapeControls(line)}`),
    ...fieldLines([
      ["Folder", job.folder],
      ...(job.shelf === "queue" ? waitingFields(shown) : recordFields(shown)),
    ]),
  ];
}

function stateOf({ job: { shelf }, record, putAway }: Shown, style: Style): string {
  if (putAway) return style.red("put away by hand");
  if (shelf === "queue" || shelf === "running" || record === undefined) return SHELF_WORDS[shelf ?? "lost"];
  return paintState(style, record.state, STATE_WORDS[record.state]);
}

function whyOf({ job: { shelf }, live, record, putAway }: Shown): readonly string[] {
  if (shelf === "queue" || shelf === "running") return [live?.reason ?? live?.note ?? ""];
  if (putAway) return ["how it ended is not known: its folder was moved here before its end was recorded"];
  const why = record?.problems ?? [record?.reason ?? "it has no record"];
  return shelf === undefined
    ? [...why, "its folder was deleted or taken away: this is from the history"]
    : why;
}

type Field = readonly [label: string, value: string | undefined];

function waitingFields({ live, info, record }: Shown): Field[] {
  return [
    ["Command", info?.script],
    ["Owner", info === undefined ? undefined : ownerOf(info)],
    ["Description", info?.description],
    ["Place", live?.rank?.toString()],
    ["Processors", info?.processors.toString()],
    ["Priority", info?.priority.toString()],
    ["Time limit", duration(info?.timeLimitSeconds)],
    ["Queued", time(live?.queuedAt)],
    ["Starts in", duration(live?.expectedStartSeconds)],
    ["Size", live?.bytes === undefined ? undefined : formatBytes(live.bytes)],
    ["Last attempt", record === undefined ? undefined : `${record.attempt}: ${STATE_WORDS[record.state]}`],
  ];
}

function recordFields({ job, record, live }: Shown): Field[] {
  if (record === undefined) return [];
  const ids = record.processorIds === undefined ? "" : ` (numbers ${record.processorIds.join(", ")})`;
  return [
    ["Command", record.script],
    ["Owner", record.owner],
    ["Description", record.description],
    ["Progress", live?.progress === undefined ? undefined : describeProgress(live.progress)],
    ["Attempt", String(record.attempt)],
    ["Queued", time(record.queuedAt)],
    ["Started", time(record.startedAt)],
    ["Finished", time(record.finishedAt)],
    ["Waited", duration(record.waitedSeconds)],
    ["Ran", duration(record.ranSeconds)],
    ["Time limit", duration(record.timeLimitSeconds)],
    ["Processors", record.processors === undefined ? undefined : `${record.processors}${ids}`],
    ["Priority", record.priority?.toString()],
    ["Size", record.size],
    ["Worker", `${record.worker} on ${record.host}`],
    ["Exit code", record.exitCode?.toString()],
    ["Signal", record.signal],
    ["Killed by", record.killedBy],
    ["CPU time", duration(record.cpuSeconds)],
    ["Peak memory", record.peakMemoryBytes === undefined ? undefined : formatBytes(record.peakMemoryBytes)],
    ["Mail to", record.mailTo.join(", ")],
    ["Renamed from", record.name === job.name ? undefined : record.name],
  ];
}

function time(iso: string | undefined): string | undefined {
  return iso === undefined ? undefined : `${localTime(iso)} (${ago(iso)})`;
}

function duration(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : formatDuration(seconds);
}
