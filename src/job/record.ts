import * as z from "zod";
import { parseJson } from "../text/parse-json.ts";
import { childOfSchema } from "./child-of.ts";
import { RECORDED_SHAPE } from "./job-info.ts";
import { leftProcessesSchema } from "./left-processes.ts";

/** No real job comes near it; a forged record does not get past it. */
export const MAX_ATTEMPT = 1_000_000;

/** The possible ends of an attempt. */
export const OUTCOMES = ["done", "failed", "killed", "timed_out", "lost", "invalid"] as const;

const { owner, script, description, mailOn, timeLimitSeconds, ...others } = RECORDED_SHAPE;

/**
 * A job's record: `.qm/job.json` in its folder and, once it has ended, its line in `history.jsonl`.
 * Versioned; times are ISO-8601 in UTC, durations seconds, sizes bytes.
 */
export const recordSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  /** The number of its job in the queue; absent in records from before there were numbers. */
  number: z.number().int().positive().exactOptional(),
  runId: z.string(),
  attempt: z.number().int().min(0).max(MAX_ATTEMPT),
  state: z.enum(["running", ...OUTCOMES]),
  /** The cause in plain words. */
  reason: z.string(),
  owner,
  description,
  script,
  infoFile: z.string().exactOptional(),
  mailTo: z.array(z.string()).readonly(),
  mailOn,
  ...others,
  /** The folder that the script ran in, as its info file names it; absent for the job's own. */
  workingDirectory: z.string().exactOptional(),
  /** The worker that it was to run on if that had room. */
  prefers: z.string().exactOptional(),
  /** Oddities of its info file, in plain words. */
  warnings: z.array(z.string()).readonly().exactOptional(),
  /** The hidden folder that the job was copied in from, below `QM_FOLDER`, where it was still there. */
  original: z.string().exactOptional(),
  /** The job of which this one runs a fresh copy, as that was given up on a silent worker. */
  againOf: z.string().exactOptional(),
  /** The job that has this one run on one of all workers. */
  childOf: childOfSchema.exactOptional(),
  worker: z.string(),
  host: z.string(),
  processors: z.number().exactOptional(),
  processorIds: z.array(z.number()).readonly().exactOptional(),
  timeLimitSeconds,
  queuedAt: z.string().exactOptional(),
  startedAt: z.string().exactOptional(),
  finishedAt: z.string().exactOptional(),
  /** End of the attempt before, where this one was refused or withdrawn before it could start. */
  lastRunEndedAt: z.string().exactOptional(),
  waitedSeconds: z.number().exactOptional(),
  ranSeconds: z.number().exactOptional(),
  exitCode: z.number().exactOptional(),
  signal: z.string().exactOptional(),
  /** The line of the log in which a failed job tells why, safe to show; absent where none does. */
  tellingLine: z.string().exactOptional(),
  /** The usual meaning of the exit code, and how to mend it. */
  advice: z.string().exactOptional(),
  killedBy: z.string().exactOptional(),
  cpuSeconds: z.number().exactOptional(),
  peakMemoryBytes: z.number().exactOptional(),
  /** Processes that the manager had to end behind a job that ended by itself. */
  leftProcesses: leftProcessesSchema.exactOptional(),
  problems: z.array(z.string()).readonly().exactOptional(),
  /** Number of attempts in a row that were lost, this one with them if it was; absent for none. */
  lostInARow: z.number().int().positive().exactOptional(),
  /** By which the folder is known again wherever it is moved: a copy of it is another job. */
  folderIdentity: z.string().exactOptional(),
});

/** The content of `.qm/job.json` and of the history's lines. */
export type JobRecord = z.infer<typeof recordSchema>;

/** A job's state by its record; the outcomes plus `running`. */
export type RecordState = JobRecord["state"];

/**
 * The time at which a job last stopped running, by the latest record in its folder, ISO 8601 and by the clock that dates the files there;
 * undefined where it has not run, or still does.
 */
export function lastRunEnd(latest: JobRecord | undefined): string | undefined {
  return latest?.startedAt === undefined ? latest?.lastRunEndedAt : latest.finishedAt;
}

/** The folder that a job was copied in from, and whose it is; undefined for one that was moved in. */
export function describeOriginal({ original }: Pick<JobRecord, "original">): string | undefined {
  return original === undefined ? undefined : `${original} (yours to delete, if it is still there)`;
}

/**
 * The number of an attempt, by the record of the last: its own record counts as itself, and what was refused was no attempt.
 */
export function attemptAfter(latest: JobRecord | undefined, runId: string): number {
  if (latest === undefined) return 1;
  return latest.runId === runId || latest.state === "invalid"
    ? Math.max(latest.attempt, 1)
    : Math.min(latest.attempt + 1, MAX_ATTEMPT);
}

/** A record read back from what may be a stranger's file; undefined when it is not one. */
export function parseRecord(text: string): JobRecord | undefined {
  return parseJson(recordSchema, text);
}

/** The records in lines of the history, in their order; lines cut or torn are passed over. */
export function recordsIn(lines: readonly string[]): JobRecord[] {
  return lines.flatMap((line) => parseRecord(line) ?? []);
}

/** So often a job runs again by itself after it was lost: one that ends its own supervisor would do so for ever. */
const MAX_LOST_IN_A_ROW = 3;

/** Lost attempts in a row, with the one that is being lost now. */
export function countLoss({ lostInARow = 0 }: Pick<JobRecord, "lostInARow">): number {
  return lostInARow + 1;
}

/** True where a job that was lost so often in a row runs once more by itself, as far as lost jobs are requeued. */
export function mayRunAgain(lostInARow: number): boolean {
  return lostInARow < MAX_LOST_IN_A_ROW;
}

/** The losses that count for the next attempt: none after another outcome, nor after a person has put the job back. */
export function lossesBefore(latest: JobRecord | undefined): number {
  const losses = latest?.state === "lost" ? (latest.lostInARow ?? 0) : 0;
  return mayRunAgain(losses) ? losses : 0;
}

/** The reason why a run is lost, with how often that has happened if not for the first time. */
export function describeLoss(why: string, lostInARow: number): string {
  return lostInARow === 1 ? why : `${why}; lost ${lostInARow} times in a row`;
}
