import * as z from "zod";
import { type JobRecord, recordSchema } from "../../job/record.ts";
import { PUT_AWAY, warningOf } from "../../job/words.ts";

/** The stages that ended jobs lie in. */
export type EndedStage = "finished" | "lost";

/** An attempt that has ended, as programs get it in lists. */
export const endedAttemptSchema = z.object({
  name: z.string(),
  /** The number of its job. */
  number: z.number().optional(),
  state: recordSchema.shape.state,
  /** The cause in plain words. */
  reason: z.string(),
  /** A warning beside it. */
  warning: z.string().optional(),
  owner: z.string(),
  group: z.string().optional(),
  description: z.string(),
  attempt: z.number(),
  processors: z.number(),
  /** The user's own measure. */
  size: z.string().optional(),
  finishedAt: z.string().optional(),
  waitedSeconds: z.number().optional(),
  ranSeconds: z.number().optional(),
});

/** An attempt that has ended, as lists and statistics need it: small, as there may be a hundred thousand. */
export type EndedAttempt = Omit<z.infer<typeof endedAttemptSchema>, "finishedAt"> & {
  /** Empty where there is no record. */
  readonly runId: string;
  /** Milliseconds since 1970; 0 when unknown. */
  readonly finishedMs: number;
};

const MAX_REASON_CHARACTERS = 240;

/** The part of a record that is kept in memory. */
export function endedAttemptOf(record: JobRecord): EndedAttempt {
  return {
    name: record.name,
    number: record.number,
    runId: record.runId,
    state: record.state,
    reason: (record.problems?.[0] ?? record.reason).slice(0, MAX_REASON_CHARACTERS),
    warning: warningOf(record)?.slice(0, MAX_REASON_CHARACTERS),
    owner: record.owner,
    group: record.group,
    description: record.description,
    attempt: record.attempt,
    processors: record.processors ?? 1,
    size: record.size,
    finishedMs: Date.parse(record.finishedAt ?? "") || 0,
    waitedSeconds: record.waitedSeconds,
    ranSeconds: record.ranSeconds,
  };
}

/** A folder in a stage of ended jobs whose end neither the history nor a record in it tells of: put there by hand. */
export function unrecordedJob(name: string): EndedAttempt {
  const unknown = { runId: "", owner: "unknown", description: "", attempt: 0, processors: 0, finishedMs: 0 };
  return { name, state: "lost", reason: PUT_AWAY.cause, ...unknown };
}

/** An attempt for programs, with the stage of its folder where that is given. */
export function endedAttemptJson(job: EndedAttempt & { readonly stage?: EndedStage }) {
  const { runId: _id, finishedMs, waitedSeconds, ranSeconds, stage, ...rest } = job;
  const finishedAt = finishedMs > 0 ? new Date(finishedMs).toISOString() : undefined;
  return { ...rest, finishedAt, waitedSeconds, ranSeconds, stage };
}
