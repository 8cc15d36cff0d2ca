import { formatKnownDuration } from "../text/duration.ts";
import { formatBytes, wantedProcessors } from "../text/quantity.ts";
import { isInQueue, isRun, type Job } from "./job.ts";
import { type JobInfo, ownerOf } from "./job-info.ts";
import { describeProgress } from "./progress.ts";
import { describeOriginal, type JobRecord } from "./record.ts";
import { fromNow, STATE_WORDS } from "./words.ts";

/** One job and all that is known beside it. */
export interface KnownJob {
  readonly job: Job;
  /** Of its latest attempt, which for a waiting job is an earlier one. */
  readonly record: JobRecord | undefined;
  /** Undefined too where it cannot be read. */
  readonly info?: JobInfo | undefined;
  /** Processors that there are for jobs. */
  readonly maxProcessors?: number;
  /** The folder that it was copied in from, in words, while it has not ended. */
  readonly original?: string | undefined;
}

/** A label and its value; without either, or with an empty one, there is nothing to be shown. */
export interface Fact {
  readonly label: string;
  readonly text?: string | undefined;
  /** All that is known, where `text` is but the main thing. */
  readonly full?: string;
  /** The value where that is a moment, ISO 8601. */
  readonly at?: string | undefined;
}

/** Facts of a job: of one in the queue by its info file and the manager's view, otherwise by its record. */
export function factsOf(known: KnownJob): readonly Fact[] {
  if (isInQueue(known.job)) return factsInQueue(known);
  return known.record === undefined ? [] : factsOfRecord(known.record);
}

function factsInQueue({ job, info, maxProcessors, record, original }: KnownJob): Fact[] {
  const waiting = job.state === "waiting" ? job : undefined;
  const starts = waiting?.expectedStartSeconds;
  return [
    { label: "Command", text: info?.script },
    { label: "Owner", text: info && ownerOf(info) },
    { label: "Description", text: info?.description },
    { label: "Place", text: waiting?.rank.toString() },
    { label: "Processors", text: info && wantedProcessors(info.processors, maxProcessors) },
    { label: "Priority", text: info?.priority.toString() },
    { label: "Time limit", text: formatKnownDuration(info?.timeLimitSeconds) },
    { label: "Queued", at: waiting?.queuedAt },
    { label: "Starts", text: starts === undefined ? undefined : fromNow(starts) },
    { label: "Size", text: isInQueue(job) ? formatBytes(job.bytes) : undefined },
    { label: "Original", text: original },
    ...warningFacts(info?.warnings),
    { label: "Last attempt", text: record && `${record.attempt}: ${STATE_WORDS[record.state]}` },
  ];
}

/** Facts of a job that has begun, by its record. */
export function factsOfRecord(record: JobRecord): Fact[] {
  const { attempt, processors, processorIds, worker, host, peakMemoryBytes } = record;
  const ids = processorIds === undefined ? "" : ` (numbers ${processorIds.join(", ")})`;
  return [
    { label: "Command", text: record.script },
    { label: "Owner", text: record.owner },
    { label: "Description", text: record.description },
    { label: "Attempt", text: attempt > 1 ? String(attempt) : "", full: String(attempt) },
    { label: "Queued", at: record.queuedAt },
    { label: "Started", at: record.startedAt },
    { label: "Finished", at: record.finishedAt },
    { label: "Waited", text: formatKnownDuration(record.waitedSeconds) },
    { label: "Ran", text: formatKnownDuration(record.ranSeconds) },
    { label: "Time limit", text: formatKnownDuration(record.timeLimitSeconds) },
    ...(processors === undefined
      ? []
      : [{ label: "Processors", text: String(processors), full: `${processors}${ids}` }]),
    { label: "Priority", text: record.priority?.toString() },
    { label: "Size", text: record.size },
    { label: "Worker", text: worker, full: `${worker} on ${host}` },
    { label: "Exit code", text: record.exitCode?.toString() },
    { label: "Signal", text: record.signal },
    { label: "Killed by", text: record.killedBy },
    { label: "CPU time", text: formatKnownDuration(record.cpuSeconds) },
    { label: "Peak memory", text: peakMemoryBytes === undefined ? undefined : formatBytes(peakMemoryBytes) },
    { label: "Mail to", text: record.mailTo.join(", ") },
    { label: "Original", text: describeOriginal(record) },
    ...warningFacts(record.warnings),
  ];
}

function warningFacts(warnings: readonly string[] = []): Fact[] {
  return warnings.map((text) => ({ label: "Warning", text }));
}

/** Facts that change while a job runs. */
export function factsOfRun(job: Job): Fact[] {
  if (!isRun(job)) return [];
  const { progress, expectedEndSeconds: left } = job;
  return [
    { label: "Progress", text: progress && describeProgress(progress) },
    { label: "Ends", text: left === undefined ? undefined : fromNow(left) },
  ];
}

/** The facts of these labels, in the order of the labels. */
export function pickFacts(facts: readonly Fact[], ...labels: readonly string[]): Fact[] {
  return labels.flatMap((label) => facts.filter((fact) => fact.label === label));
}

/** The facts with others behind the one of a label. */
export function insertFacts(facts: readonly Fact[], label: string, others: readonly Fact[]): Fact[] {
  return facts.flatMap((fact) => (fact.label === label ? [fact, ...others] : [fact]));
}
