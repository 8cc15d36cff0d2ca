import { withoutUndefined } from "../text/without-undefined.ts";
import { type JobInfo, ownerOf, type Person, recordedPart } from "./job-info.ts";
import type { Launch } from "./launch.ts";
import type { LeftProcesses } from "./left-processes.ts";
import { describeOutcome, exitAdvice, type Outcome } from "./outcome.ts";
import { countLoss, type JobRecord } from "./record.ts";

/** The place where a record is written: worker and machine. */
export type RecordPlace = Pick<JobRecord, "worker" | "host">;

/** A run's times and costs, as far as they are known; milliseconds since 1970, seconds, bytes. */
export interface RunFacts {
  readonly startedAtMs?: number | undefined;
  readonly endedAtMs: number;
  readonly ranSeconds?: number | undefined;
  readonly cpuSeconds?: number | undefined;
  readonly peakMemoryBytes?: number | undefined;
  /** Of a run that ended by itself. */
  readonly leftProcesses?: LeftProcesses | undefined;
}

/** The record of a job that is about to start. */
export function recordAtStart(launch: Launch, place: RecordPlace): JobRecord {
  return withoutUndefined({
    ...launchPart(launch, place),
    state: "running" as const,
    reason: "running",
    lostInARow: launch.lostInARow,
    queuedAt: isoTime(launch.admittedAtMs),
    startedAt: isoTime(launch.claimedAtMs),
    waitedSeconds: secondsBetween(launch.admittedAtMs, launch.claimedAtMs),
  });
}

/** The record of an attempt that has ended, whatever the outcome. */
export function recordAtEnd(
  launch: Launch,
  outcome: Outcome,
  facts: RunFacts,
  place: RecordPlace,
): JobRecord {
  const startedAtMs = facts.startedAtMs ?? launch.claimedAtMs;
  return withoutUndefined({
    ...launchPart(launch, place),
    ...outcomePart(outcome),
    lostInARow: outcome.kind === "lost" ? countLoss(launch) : undefined,
    queuedAt: isoTime(launch.admittedAtMs),
    startedAt: facts.startedAtMs === undefined ? undefined : isoTime(facts.startedAtMs),
    finishedAt: isoTime(facts.endedAtMs),
    waitedSeconds: secondsBetween(launch.admittedAtMs, startedAtMs),
    ranSeconds: facts.ranSeconds,
    cpuSeconds: facts.cpuSeconds,
    peakMemoryBytes: facts.peakMemoryBytes,
    leftProcesses: facts.leftProcesses,
  });
}

/** A job that ended without ever being launched: refused, or withdrawn from the queue. */
export interface Unlaunched {
  readonly name: string;
  readonly number?: number | undefined;
  readonly folderIdentity?: string;
  readonly runId: string;
  readonly attempt: number;
  readonly info?: JobInfo;
  /** Its owner, as far as the info file could be read though it was refused. */
  readonly person?: Person;
  readonly queuedAtMs?: number;
  readonly endedAtMs: number;
  /** End of the attempt before, ISO 8601. */
  readonly lastRunEndedAt?: string | undefined;
}

/** The record of a job that was refused or withdrawn. */
export function recordUnlaunched(job: Unlaunched, outcome: Outcome, place: RecordPlace): JobRecord {
  const person = job.person ?? { mailTo: [] };
  return withoutUndefined({
    version: 1 as const,
    name: job.name,
    number: job.number,
    runId: job.runId,
    attempt: job.attempt,
    owner: ownerOf(person),
    mailTo: person.mailTo,
    description: "",
    ...(job.info === undefined ? {} : infoPart(job.info)),
    ...place,
    ...outcomePart(outcome),
    queuedAt: job.queuedAtMs === undefined ? undefined : isoTime(job.queuedAtMs),
    finishedAt: isoTime(job.endedAtMs),
    lastRunEndedAt: job.lastRunEndedAt,
    folderIdentity: job.folderIdentity,
  });
}

function launchPart(launch: Launch, place: RecordPlace) {
  return {
    version: 1 as const,
    name: launch.name,
    number: launch.number,
    runId: launch.runId,
    attempt: launch.attempt,
    ...infoPart(launch.info),
    ...place,
    processors: launch.processors,
    processorIds: launch.processorIds,
    folderIdentity: launch.folderIdentity,
  };
}

function infoPart(info: JobInfo) {
  return { ...recordedPart(info), owner: ownerOf(info) };
}

function outcomePart(outcome: Outcome) {
  const ended = "exitCode" in outcome ? outcome : undefined;
  const failed = outcome.kind === "failed" ? outcome : undefined;
  return {
    state: outcome.kind,
    reason: describeOutcome(outcome),
    exitCode: outcome.kind === "done" ? 0 : ended?.exitCode,
    signal: ended?.signal,
    tellingLine: failed?.errorLine,
    advice: failed === undefined ? undefined : exitAdvice(failed.exitCode, failed.signal, failed.errorLine),
    killedBy: outcome.kind === "killed" ? outcome.by : undefined,
    problems: outcome.kind === "invalid" ? outcome.problems : undefined,
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** Never negative: the clock on the wall may have been set back meanwhile. */
function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, Math.round(toMs - fromMs) / 1000);
}

/**
 * True where a folder is being refused just as the record in it says: under the same name, for the same reasons. That may be a
 * repeat after a crash, or a folder that somebody has brought back as it was.
 */
export function isSameRefusal(
  before: JobRecord | undefined,
  name: string,
  problems: readonly string[],
): before is JobRecord {
  return (
    before?.state === "invalid" && before.name === name && before.problems?.join("\n") === problems.join("\n")
  );
}
