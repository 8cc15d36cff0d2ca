import type { JobRecord, RecordState } from "../../job/record.ts";
import { warningOf } from "../../job/words.ts";

/** What lists and statistics need of an attempt that has ended: small, as there may be a hundred thousand. */
export interface EndedAttempt {
  readonly name: string;
  /** Empty where there is no record. */
  readonly runId: string;
  readonly state: RecordState;
  /** The cause in plain words. */
  readonly reason: string;
  /** A warning beside it. */
  readonly warning?: string;
  readonly owner: string;
  readonly description: string;
  readonly attempt: number;
  readonly processors: number;
  /** The user's own measure. */
  readonly size: string | undefined;
  /** Milliseconds since 1970; 0 when unknown. */
  readonly finishedMs: number;
  readonly waitedSeconds: number | undefined;
  readonly ranSeconds: number | undefined;
}

const MAX_REASON_CHARACTERS = 240;

/** The part of a record that is kept in memory. */
export function endedAttemptOf(record: JobRecord): EndedAttempt {
  const warning = warningOf(record)?.slice(0, MAX_REASON_CHARACTERS);
  return {
    name: record.name,
    runId: record.runId,
    state: record.state,
    reason: (record.problems?.[0] ?? record.reason).slice(0, MAX_REASON_CHARACTERS),
    ...(warning === undefined ? {} : { warning }),
    owner: record.owner,
    description: record.description,
    attempt: record.attempt,
    processors: record.processors ?? 1,
    size: record.size,
    finishedMs: Date.parse(record.finishedAt ?? "") || 0,
    waitedSeconds: record.waitedSeconds,
    ranSeconds: record.ranSeconds,
  };
}

/** A folder on a shelf of ended jobs whose end neither the history nor a record in it tells of: put there by hand. */
export function unrecordedJob(name: string, finishedMs: number): EndedAttempt {
  return {
    name,
    runId: "",
    state: "lost",
    reason: "it has no record: its folder was put here by hand",
    owner: "unknown",
    description: "",
    attempt: 0,
    processors: 0,
    size: undefined,
    finishedMs,
    waitedSeconds: undefined,
    ranSeconds: undefined,
  };
}
