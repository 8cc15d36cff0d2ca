import { formatKnownDuration } from "../text/duration.ts";
import { formatBytes, wantedProcessors } from "../text/quantity.ts";
import { type FieldSpec, INFO_FIELDS } from "./info-fields.ts";
import { isInQueue, isRun, type Job, numberOf } from "./job.ts";
import { type FieldsWith, type JobInfo, ownerOf } from "./job-info.ts";
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

/** Facts of the fields that an info file fills, each under the name of its field. */
type InfoFacts = Readonly<Record<FieldsWith<{ readonly label: string }>, Fact>>;

/** The fields of an info file, or of a record, for people. */
export function infoFacts(values: Partial<Record<string, unknown>> = {}): InfoFacts {
  const facts = Object.entries<FieldSpec<unknown>>(INFO_FIELDS).flatMap(
    ([name, { label, text = String }]) => {
      const value = values[name];
      if (label === undefined) return [];
      return [[name, value === undefined ? { label } : { label, text: text(value) }]];
    },
  );
  return Object.fromEntries(facts) as InfoFacts;
}

function factsInQueue({ job, info, maxProcessors, record, original }: KnownJob): Fact[] {
  const waiting = job.state === "waiting" ? job : undefined;
  const starts = waiting?.expectedStartSeconds;
  const { script, description, size: _own, ...others } = infoFacts(info);
  return [
    { label: "Number", text: numberOf(job)?.toString() },
    script,
    { label: "Owner", text: info && ownerOf(info) },
    description,
    { label: "Place", text: waiting?.rank.toString() },
    { label: "Processors", text: info && wantedProcessors(info.processors, maxProcessors) },
    ...Object.values(others),
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
  const { script, description, timeLimitSeconds, ...others } = infoFacts(record);
  return [
    { label: "Number", text: record.number?.toString() },
    script,
    { label: "Owner", text: record.owner },
    description,
    { label: "Attempt", text: attempt > 1 ? String(attempt) : "", full: String(attempt) },
    { label: "Queued", at: record.queuedAt },
    { label: "Started", at: record.startedAt },
    { label: "Finished", at: record.finishedAt },
    { label: "Waited", text: formatKnownDuration(record.waitedSeconds) },
    { label: "Ran", text: formatKnownDuration(record.ranSeconds) },
    timeLimitSeconds,
    ...(processors === undefined
      ? []
      : [{ label: "Processors", text: String(processors), full: `${processors}${ids}` }]),
    ...Object.values(others),
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
