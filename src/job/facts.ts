import { formatKnownDuration } from "../text/duration.ts";
import { formatBytes, wantedProcessors } from "../text/quantity.ts";
import { type FieldSpec, INFO_FIELDS } from "./info-fields.ts";
import { isInQueue, isRun, type Job, numberOf } from "./job.ts";
import { type FieldsWith, type JobInfo, ownerOf } from "./job-info.ts";
import { describeProgress } from "./progress.ts";
import { describeReassignment, reassignedInfo } from "./reassignment.ts";
import { describeOriginal, type JobRecord } from "./record.ts";
import { fromNow, STATE_WORDS } from "./words.ts";

/** One job and all that is known beside it. */
export interface KnownJob {
  readonly job: Job;
  /** Of its latest attempt, which for a waiting job is an earlier one. */
  readonly record: JobRecord | undefined;
  /** Undefined too where it cannot be read. */
  readonly info?: JobInfo | undefined;
  /** The most processors that a job can get. */
  readonly maxProcessors?: number;
  /** The folder that it was copied in from, in words, while it has not ended. */
  readonly original?: string | undefined;
}

/** A label and its value; without either, or with an empty one, there is nothing to be shown. */
export interface Fact {
  readonly label: string;
  readonly text?: string | undefined;
  /** All that is known, where `text` is but the main thing; otherwise the same. */
  readonly full?: string | undefined;
  /** The value where that is a moment, ISO 8601. */
  readonly at?: string | undefined;
}

/** The names by which the code chooses among the facts of a job. */
export type FactKey = keyof (ReturnType<typeof factsInQueue> &
  ReturnType<typeof factsOfRecord> &
  ReturnType<typeof factsOfRun>);

/** Facts in their order; of warnings there may be several. */
type Facts = Readonly<Partial<Record<FactKey, Fact | readonly Fact[]>>>;

/** Facts of a job: of one in the queue by its info file and the manager's view, otherwise by its record. */
export function factsOf(known: KnownJob): Facts {
  if (isInQueue(known.job)) return factsInQueue(known);
  return known.record === undefined ? {} : factsOfRecord(known.record);
}

function fact(label: string, text: string | undefined, full = text): Fact {
  return { label, text, full };
}

function moment(label: string, at: string | undefined): Fact {
  return { label, at };
}

/** Facts of the fields that an info file fills, each under the name of its field. */
type InfoFacts = Readonly<Record<FieldsWith<{ readonly label: string }>, Fact>>;

/** The fields of an info file, or of a record, for people. */
export function infoFacts(values: Partial<Record<string, unknown>> = {}): InfoFacts {
  const facts = Object.entries<FieldSpec<unknown>>(INFO_FIELDS).flatMap(
    ([name, { label, text = String }]) => {
      const value = values[name];
      if (label === undefined) return [];
      return [[name, fact(label, value === undefined ? undefined : text(value))]];
    },
  );
  return Object.fromEntries(facts) as InfoFacts;
}

function factsInQueue({ job, info: written, maxProcessors, record, original }: KnownJob) {
  const waiting = job.state === "waiting" ? job : undefined;
  const info = written && reassignedInfo(written, waiting?.reassigned);
  const starts = waiting?.expectedStartSeconds;
  const { script, description, size: _own, ...others } = infoFacts(info);
  return {
    number: fact("Number", numberOf(job)?.toString()),
    script,
    owner: fact("Owner", info && ownerOf(info)),
    description,
    workingDirectory: fact("Runs in", info?.workingDirectory),
    prefers: fact("Prefers", info?.prefers),
    place: fact("Place", waiting?.rank.toString()),
    processors: fact("Processors", info && wantedProcessors(info.processors, maxProcessors)),
    ...others,
    reassigned: fact("Reassigned", waiting?.reassigned && describeReassignment(waiting.reassigned)),
    queued: moment("Queued", waiting?.queuedAt),
    starts: fact("Starts", starts === undefined ? undefined : fromNow(starts)),
    bytes: fact("Size", isInQueue(job) ? formatBytes(job.bytes) : undefined),
    original: fact("Original", original),
    warnings: warningFacts(info?.warnings),
    lastAttempt: fact("Last attempt", record && `${record.attempt}: ${STATE_WORDS[record.state]}`),
  };
}

/** Facts of a job that has begun, by its record. */
export function factsOfRecord(record: JobRecord) {
  const { attempt, processorIds, host, peakMemoryBytes } = record;
  // It takes none itself, and runs on many.
  const { processors, worker } = record.runOnAll === true ? {} : record;
  const ids = processorIds === undefined ? "" : ` (numbers ${processorIds.join(", ")})`;
  const { script, description, timeLimitSeconds, ...others } = infoFacts(record);
  return {
    number: fact("Number", record.number?.toString()),
    script,
    owner: fact("Owner", record.owner),
    description,
    workingDirectory: fact("Ran in", record.workingDirectory),
    prefers: fact("Preferred", record.prefers),
    attempt: fact("Attempt", attempt > 1 ? String(attempt) : "", String(attempt)),
    queued: moment("Queued", record.queuedAt),
    started: moment("Started", record.startedAt),
    finished: moment("Finished", record.finishedAt),
    waited: fact("Waited", formatKnownDuration(record.waitedSeconds)),
    ran: fact("Ran", formatKnownDuration(record.ranSeconds)),
    timeLimitSeconds,
    processors: processors === undefined ? [] : fact("Processors", String(processors), `${processors}${ids}`),
    ...others,
    worker: worker === undefined ? [] : fact("Worker", worker, `${worker} on ${host}`),
    exitCode: fact("Exit code", record.exitCode?.toString()),
    signal: fact("Signal", record.signal),
    killedBy: fact("Killed by", record.killedBy),
    cpuTime: fact("CPU time", formatKnownDuration(record.cpuSeconds)),
    peakMemory: fact("Peak memory", peakMemoryBytes === undefined ? undefined : formatBytes(peakMemoryBytes)),
    mailTo: fact("Mail to", record.mailTo.join(", ")),
    original: fact("Original", describeOriginal(record)),
    againOf: fact("Runs again", record.againOf),
    childOf: fact("Part of", record.childOf?.name),
    warnings: warningFacts(record.warnings),
  };
}

function warningFacts(warnings: readonly string[] = []): Fact[] {
  return warnings.map((text) => fact("Warning", text));
}

/** Facts that change while a job runs. */
export function factsOfRun(job: Job) {
  if (!isRun(job)) return {};
  const { progress, expectedEndSeconds: left } = job;
  return {
    progress: fact("Progress", progress && describeProgress(progress)),
    ends: fact("Ends", left === undefined ? undefined : fromNow(left)),
  };
}

/** Facts in their order, others behind those of one key. */
export function listFacts(facts: Facts, after?: FactKey, others: Facts = {}): (Fact & { key: FactKey })[] {
  const entries = Object.entries(facts) as [FactKey, Fact | readonly Fact[]][];
  return entries.flatMap(([key, own]) => [
    ...[own].flat().map((each) => ({ key, ...each })),
    ...(key === after ? listFacts(others) : []),
  ]);
}
