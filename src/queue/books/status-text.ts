import { describeOriginal, type JobRecord } from "../../job/record.ts";
import { causesOf, wordOf } from "../../job/state-words.ts";
import { formatKnownDuration } from "../../text/duration.ts";
import { escapeControls } from "../../text/escape.ts";
import { localTime } from "../../text/local-time.ts";

/** The text of `QM_status.txt`: a record for people, with times as this machine's clock on the wall shows them. */
export function statusText(record: JobRecord): string {
  const rows = rowsOf(record).flatMap(([label, value]) =>
    value === undefined || value === "" ? [] : [`${`${label}:`.padEnd(15)}${escapeControls(value)}`],
  );
  return `${wordOf(record).toUpperCase()}  ${escapeControls(record.name)}\n\n${reasonLines(record)}\n${rows.join("\n")}\n`;
}

function reasonLines(record: JobRecord): string {
  return causesOf(record)
    .map((line) => `${escapeControls(line)}\n`)
    .join("");
}

function rowsOf(record: JobRecord): [label: string, value: string | undefined][] {
  return [
    ["Description", record.description],
    ["Owner", record.owner],
    ["Command", record.script],
    ["Attempt", record.attempt > 1 ? String(record.attempt) : undefined],
    ["Queued", localTime(record.queuedAt)],
    ["Started", localTime(record.startedAt)],
    ["Finished", localTime(record.finishedAt)],
    ["Waited", formatKnownDuration(record.waitedSeconds)],
    ["Ran", formatKnownDuration(record.ranSeconds)],
    ["Time limit", formatKnownDuration(record.timeLimitSeconds)],
    ["Processors", record.processors?.toString()],
    ["Worker", record.worker],
    ["Exit code", record.exitCode?.toString()],
    ["Signal", record.signal],
    ["CPU time", formatKnownDuration(record.cpuSeconds)],
    ["Peak memory", megabytes(record.peakMemoryBytes)],
    ["Original", describeOriginal(record)],
    ...(record.warnings ?? []).map((text): [string, string] => ["Warning", text]),
  ];
}

function megabytes(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : `${(bytes / 1e6).toFixed(1)} MB`;
}
