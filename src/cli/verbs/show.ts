import { findGoneJob, findJob, SHELF_WORDS } from "../../app/find-job.ts";
import type { Queue } from "../../app/queue.ts";
import { viewQueue } from "../../app/queue-view.ts";
import { jobJson, lookAtJob, lookBackAtJob, type ShownJob, type ShownLiveJob } from "../../app/shown-job.ts";
import { ownerOf } from "../../job/job-info.ts";
import { describeOriginal } from "../../job/record.ts";
import { causesOf, fromNow, STATE_WORDS, wordOf } from "../../job/words.ts";
import { formatKnownDuration } from "../../text/duration.ts";
import { escapeControls } from "../../text/escape.ts";
import { localTime } from "../../text/local-time.ts";
import { formatBytes, wantedProcessors } from "../../text/quantity.ts";
import { paintState } from "../describe-end.ts";
import { openExistingQueueAnyway } from "../existing-queue.ts";
import type { Session } from "../session.ts";
import { describeProgress } from "../status-text.ts";
import {
  type ReadingOptions,
  type Style,
  styleFor,
  writeJson,
  writeLines,
  writeNames,
} from "../terminal/output.ts";
import { fieldLines } from "../terminal/table.ts";
import { ago } from "../terminal/times.ts";
import type { AddVerb } from "../verb.ts";

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
    .action(bind(show));
};

async function show(session: Session, name: string, { json, quiet }: ReadingOptions): Promise<number> {
  const { io } = session;
  const queue = openExistingQueueAnyway(session);
  if (quiet === true) writeNames(io, [findJob(queue.layout, name).folder]);
  else {
    const shown = lookUp(session, queue, name);
    if (json === true) writeJson(io, jobJson(shown));
    else writeLines(io.stdout, showLines(session, shown));
  }
  return 0;
}

function lookUp({ services }: Session, queue: Queue, name: string): ShownJob {
  const gone = findGoneJob(queue.layout, name);
  if (gone !== undefined) return lookBackAtJob(gone.name, gone);
  return lookAtJob(queue, findJob(queue.layout, name), () => viewQueue(queue, services));
}

function showLines({ io }: Session, shown: ShownJob): string[] {
  const style = styleFor(io.stdout, io.env);
  const { name, folder } = shown.kind === "gone" ? { name: shown.name, folder: undefined } : shown.job;
  return [
    `${style.bold(escapeControls(name))}  ${stateOf(shown, style)}`,
    ...whyOf(shown)
      .filter((line) => line !== "")
      .map((line) => `  ${escapeControls(line)}`),
    ...fieldLines([
      ["Folder", folder],
      ...(shown.kind === "live" && shown.job.shelf === "queue"
        ? waitingFields(shown)
        : recordFields(name, shown)),
    ]),
  ];
}

function stateOf(shown: ShownJob, style: Style): string {
  const { kind, record } = shown;
  if (kind === "live" && isArriving(shown)) return "arriving";
  if (kind === "live" || record === undefined) return SHELF_WORDS[kind === "gone" ? "lost" : shown.job.shelf];
  if (kind === "put away") return style.red("put away by hand");
  return paintState(style, record.state, wordOf(record));
}

// Only what waits has a place in the line.
function isArriving({ job, live }: ShownLiveJob): boolean {
  return job.shelf === "queue" && live?.rank === undefined;
}

function whyOf(shown: ShownJob): readonly string[] {
  if (shown.kind === "live") return [shown.live?.reason ?? shown.live?.note ?? ""];
  const { kind, record } = shown;
  const why = record === undefined ? ["it has no record"] : causesOf(record);
  if (kind === "gone") return [...why, "its folder was deleted or taken away: this is from the history"];
  if (kind === "put away" && record !== undefined)
    return ["how it ended is not known: its folder was moved here before its end was recorded"];
  return why;
}

type Field = readonly [label: string, value: string | undefined];

function waitingFields({ live, info, maxProcessors, record, original }: ShownLiveJob): Field[] {
  return [
    ["Command", info?.script],
    ["Owner", info === undefined ? undefined : ownerOf(info)],
    ["Description", info?.description],
    ["Place", live?.rank?.toString()],
    ["Processors", info && wantedProcessors(info.processors, maxProcessors)],
    ["Priority", info?.priority.toString()],
    ["Time limit", formatKnownDuration(info?.timeLimitSeconds)],
    ["Queued", time(live?.queuedAt)],
    ["Starts", live?.expectedStartSeconds === undefined ? undefined : fromNow(live.expectedStartSeconds)],
    ["Size", live?.bytes === undefined ? undefined : formatBytes(live.bytes)],
    ["Original", original],
    ...warningFields(info?.warnings),
    ["Last attempt", record === undefined ? undefined : `${record.attempt}: ${STATE_WORDS[record.state]}`],
  ];
}

function recordFields(name: string, shown: ShownJob): Field[] {
  const { record } = shown;
  if (record === undefined) return [];
  const live = shown.kind === "live" ? shown.live : undefined;
  const { progress, expectedEndSeconds: left } = live ?? {};
  const ids = record.processorIds === undefined ? "" : ` (numbers ${record.processorIds.join(", ")})`;
  return [
    ["Command", record.script],
    ["Owner", record.owner],
    ["Description", record.description],
    ["Progress", progress === undefined ? undefined : describeProgress(progress)],
    ["Ends", left === undefined ? undefined : fromNow(left)],
    ["Attempt", String(record.attempt)],
    ["Queued", time(record.queuedAt)],
    ["Started", time(record.startedAt)],
    ["Finished", time(record.finishedAt)],
    ["Waited", formatKnownDuration(record.waitedSeconds)],
    ["Ran", formatKnownDuration(record.ranSeconds)],
    ["Time limit", formatKnownDuration(record.timeLimitSeconds)],
    ["Processors", record.processors === undefined ? undefined : `${record.processors}${ids}`],
    ["Priority", record.priority?.toString()],
    ["Size", record.size],
    ["Worker", `${record.worker} on ${record.host}`],
    ["Exit code", record.exitCode?.toString()],
    ["Signal", record.signal],
    ["Killed by", record.killedBy],
    ["CPU time", formatKnownDuration(record.cpuSeconds)],
    ["Peak memory", record.peakMemoryBytes === undefined ? undefined : formatBytes(record.peakMemoryBytes)],
    ["Mail to", record.mailTo.join(", ")],
    ["Original", describeOriginal(record)],
    ...warningFields(record.warnings),
    ["Renamed from", record.name === name ? undefined : record.name],
  ];
}

function warningFields(warnings: readonly string[] = []): Field[] {
  return warnings.map((text) => ["Warning", text]);
}

function time(iso: string | undefined): string | undefined {
  return iso === undefined ? undefined : `${localTime(iso)} (${ago(iso)})`;
}
