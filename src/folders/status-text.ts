import { formatKnownDuration } from "../core/duration.ts";
import { escapeControls } from "../core/escape.ts";
import type { JobRecord } from "../core/record.ts";
import { STATE_WORDS } from "../core/state-words.ts";

/** The text of `QM_status.txt`: a record for people, with times as this machine's clock on the wall shows them. */
export function statusText(record: JobRecord): string {
  const rows = rowsOf(record).flatMap(([label, value]) =>
    value === undefined || value === "" ? [] : [`${`${label}:`.padEnd(15)}${escapeControls(value)}`],
  );
  return `${STATE_WORDS[record.state].toUpperCase()}  ${escapeControls(record.name)}\n\n${reasonLines(record)}\n${rows.join("\n")}\n`;
}

function reasonLines(record: JobRecord): string {
  const lines = record.problems ?? [record.reason];
  return lines.map((line) => `${escapeControls(line)}\n`).join("");
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
  ];
}

function megabytes(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** An ISO time as `2026-11-22 10:15:02 +0100`; undefined stays undefined, and what is no time is given back. */
export function localTime(iso: string | undefined): string | undefined {
  if (iso === undefined) return undefined;
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const offsetMinutes = -time.getTimezoneOffset();
  const shifted = new Date(time.getTime() + offsetMinutes * 60_000).toISOString();
  const sign = offsetMinutes < 0 ? "-" : "+";
  const hours = String(Math.floor(Math.abs(offsetMinutes) / 60)).padStart(2, "0");
  const minutes = String(Math.abs(offsetMinutes) % 60).padStart(2, "0");
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 19)} ${sign}${hours}${minutes}`;
}
