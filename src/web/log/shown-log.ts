import fs from "node:fs";
import path from "node:path";
import type { FoundJob } from "../../app/find-job.ts";
import { type LastLines, readLastLines, readOwnLog } from "../../queue/files/job-log.ts";
import { JOB_FILES } from "../../queue/layout.ts";
import { tryOr } from "../../text/try-or.ts";

/** The end of one of a job's logs, and which others there are. */
export interface ShownLog {
  readonly job: FoundJob;
  /** Number of the earlier attempt whose log was asked for; none for the present one. */
  readonly attempt: number | undefined;
  readonly ending: LastLines | undefined;
  /** The numbers of the logs that earlier attempts have left. */
  readonly earlier: readonly number[];
}

/** Nobody looks through more attempts than this. */
const MAX_EARLIER = 100;

/** Reads the end of a job's log, or of an earlier attempt's. Throws what the file system throws while reading. */
export function readShownLog(job: FoundJob, attempt?: number): ShownLog {
  return { job, attempt, ending: readLogEnding(job, attempt), earlier: earlierLogs(job.folder) };
}

/**
 * The last lines of a job's log, or of an earlier attempt's; undefined where there is none. Throws what the file system throws
 * while reading.
 */
export function readLogEnding(
  { folder, stage }: FoundJob,
  attempt: number | undefined,
  lines?: number,
): LastLines | undefined {
  // While it waits its folder may hold the log of the attempt before, which is not its present one.
  const isAbsent = stage === "queue" && attempt === undefined;
  return isAbsent ? undefined : readOwnLog(folder, logFileName(attempt), (log) => readLastLines(log, lines));
}

/** Name of an attempt's log in the job's folder; without a number that of the present one. */
export function logFileName(attempt: number | undefined): string {
  return attempt === undefined ? JOB_FILES.log : `process.${attempt}.log`;
}

/** The attempt that an address asks for with `?attempt=N`; undefined where it asks for none. */
export function attemptAskedFor(query: unknown): number | undefined {
  return typeof query === "string" && /^[1-9]\d{0,3}$/.test(query) ? Number(query) : undefined;
}

function earlierLogs(folder: string): number[] {
  const numbers: number[] = [];
  for (let number = 1; number <= MAX_EARLIER; number += 1) {
    if (!isFile(path.join(folder, logFileName(number)))) break;
    numbers.push(number);
  }
  return numbers;
}

function isFile(file: string): boolean {
  // Gone, or moved with its job: it is not there.
  return tryOr(() => fs.lstatSync(file).isFile(), false);
}
