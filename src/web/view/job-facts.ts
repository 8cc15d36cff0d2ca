import type { ShownLiveJob, ShownPresentJob } from "../../app/shown-job.ts";
import { ownerOf } from "../../job/job-info.ts";
import { describeOriginal } from "../../job/record.ts";
import { fromNow, STATE_WORDS } from "../../job/words.ts";
import { formatKnownDuration } from "../../text/duration.ts";
import { escapeControls, onOneLine } from "../../text/escape.ts";
import { formatBytes, wantedProcessors } from "../../text/quantity.ts";
import { type TimeView, timeView } from "./time-view.ts";

/** A line of the list of facts: text, or a moment. */
export interface Fact {
  readonly label: string;
  readonly text: string | undefined;
  readonly time: TimeView | undefined;
}

/** What is known of a job that waits, from its info file and the manager's view; or of one that has begun, from its record. */
export function factsOf(shown: ShownPresentJob, nowMs: number): Fact[] {
  const isWaiting = shown.kind === "live" && shown.job.shelf === "queue";
  const facts = isWaiting ? waitingFacts(shown, nowMs) : recordFacts(shown, nowMs);
  return facts.filter(({ text, time }) => time !== undefined || (text !== undefined && text !== ""));
}

function waitingFacts({ live, info, maxProcessors, record, original }: ShownLiveJob, nowMs: number): Fact[] {
  const starts = live?.expectedStartSeconds;
  return [
    fact("Command", info?.script),
    fact("Owner", info === undefined ? undefined : ownerOf(info)),
    fact("Description", info === undefined ? undefined : onOneLine(info.description)),
    fact("Place in the queue", live?.rank?.toString()),
    fact("Processors", info && wantedProcessors(info.processors, maxProcessors)),
    fact("Priority", info?.priority.toString()),
    fact("Time limit", formatKnownDuration(info?.timeLimitSeconds)),
    moment("Queued", live?.queuedAt, nowMs),
    fact("Expected to start", starts === undefined ? undefined : fromNow(starts)),
    fact("Size", live?.bytes === undefined ? undefined : formatBytes(live.bytes)),
    fact("Original", original),
    ...warningFacts(info?.warnings),
    fact(
      "Last attempt",
      record === undefined ? undefined : `${record.attempt}: ${STATE_WORDS[record.state]}`,
    ),
  ];
}

function recordFacts(shown: ShownPresentJob, nowMs: number): Fact[] {
  const { record } = shown;
  if (record === undefined) return [];
  const left = shown.kind === "live" ? shown.live?.expectedEndSeconds : undefined;
  const ids = record.processorIds === undefined ? "" : ` (numbers ${record.processorIds.join(", ")})`;
  const memory = record.peakMemoryBytes;
  return [
    fact("Command", record.script),
    fact("Owner", record.owner),
    fact("Description", onOneLine(record.description)),
    fact("Attempt", String(record.attempt)),
    moment("Queued", record.queuedAt, nowMs),
    moment("Started", record.startedAt, nowMs),
    fact("Expected to end", left === undefined ? undefined : fromNow(left)),
    moment("Finished", record.finishedAt, nowMs),
    fact("Waited", formatKnownDuration(record.waitedSeconds)),
    fact("Ran", formatKnownDuration(record.ranSeconds)),
    fact("Time limit", formatKnownDuration(record.timeLimitSeconds)),
    fact("Processors", record.processors === undefined ? undefined : `${record.processors}${ids}`),
    fact("Priority", record.priority?.toString()),
    fact("Size", record.size),
    fact("Worker", record.worker === record.host ? record.host : `${record.worker} on ${record.host}`),
    fact("Exit code", record.exitCode?.toString()),
    fact("Signal", record.signal),
    fact("Killed by", record.killedBy),
    fact("CPU time", formatKnownDuration(record.cpuSeconds)),
    fact("Peak memory", memory === undefined ? undefined : formatBytes(memory)),
    fact("Mail to", record.mailTo.join(", ")),
    fact("Original", describeOriginal(record)),
    ...warningFacts(record.warnings),
  ];
}

function warningFacts(warnings: readonly string[] = []): Fact[] {
  return warnings.map((text) => fact("Warning", text));
}

function fact(label: string, text: string | undefined): Fact {
  return { label, text: text === undefined ? undefined : escapeControls(text), time: undefined };
}

function moment(label: string, iso: string | undefined, nowMs: number): Fact {
  return { label, text: undefined, time: timeView(iso, nowMs) };
}
