import { describeOriginal, type JobRecord } from "../job/record.ts";
import { formatKnownDuration } from "../text/duration.ts";
import { formatBytes } from "../text/quantity.ts";
import type { JobSurroundings } from "./job-letter.ts";
import { fewLines, oneLine } from "./letter.ts";

const MAX_VALUE_CHARACTERS = 1000;
const MAX_INFO_LINES = 20;

type Row = readonly [label: string, value: string];

/** What is known of a job, as labels and values. */
export function jobRows(record: JobRecord, around: JobSurroundings): readonly Row[] {
  const values: readonly (readonly [label: string, value: string | undefined])[] = [
    ["Job", record.name],
    ...infoRows(record.description),
    ["Command", record.script],
    ["Attempt", record.attempt > 1 ? String(record.attempt) : undefined],
    ["Waited", formatKnownDuration(record.waitedSeconds)],
    ["Ran", formatKnownDuration(record.ranSeconds)],
    ["Time limit", formatKnownDuration(record.timeLimitSeconds)],
    ["Processors", record.processors?.toString()],
    ["CPU time", formatKnownDuration(record.cpuSeconds)],
    ["Peak memory", record.peakMemoryBytes === undefined ? undefined : formatBytes(record.peakMemoryBytes)],
    ["Exit code", record.exitCode?.toString()],
    ["Machine", record.host],
    ["Folder", around.folder],
    ["As you see it", around.mountedAs],
    ["Original", describeOriginal(record)],
    ...(record.warnings ?? []).map((text) => ["Warning", text] as const),
  ];
  return values.flatMap(([label, value]) =>
    value === undefined || value === "" ? [] : [[label, oneLine(value, MAX_VALUE_CHARACTERS)] as const],
  );
}

// Each line gets a row of its own, so that the rest of the table keeps its form.
function infoRows(description: string): readonly Row[] {
  const lines = fewLines(description, MAX_INFO_LINES, MAX_VALUE_CHARACTERS);
  return lines.map((line, at) => [at === 0 ? "Info" : "", line]);
}
