import { withoutUndefined } from "../../text/without-undefined.ts";
import { Decision } from "./decision.ts";
import { nextOpen } from "./opening.ts";
import type { JobTriggers, RecurringJob, TriggerState } from "./recurring-job.ts";

/** The decisions about all recurring jobs, and the time at which to decide again if nothing happens before. */
export interface Triggers {
  readonly jobs: readonly JobTriggers[];
  readonly againMs?: number;
}

/**
 * Tells the occurrences of recurring jobs to be made now, and those to be recorded as not run. To be asked again when `againMs`
 * has come, when a job's folder or its requests have changed, and when one of its occurrences has ended. The states are to be kept, with
 * what is to be made and recorded, before any of it is carried out: the next decision takes all of that as done.
 */
export function triggers(jobs: readonly RecurringJob[], nowMs: number): Triggers {
  const decided = jobs.map((job) => triggersOf(job, nowMs));
  const times = decided.flatMap(({ againMs }) => againMs ?? []);
  return times.length === 0
    ? { jobs: decided }
    : { jobs: decided, againMs: times.reduce((one, other) => Math.min(one, other)) };
}

/** The state of a recurring job that is seen for the first time: nothing is made for times before. */
export function firstState(scheduleText: string, nowMs: number): TriggerState {
  return { settledMs: nowMs, scheduleText };
}

function triggersOf(job: RecurringJob, nowMs: number): JobTriggers {
  const decision = new Decision(withSchedule(job, nowMs), nowMs);
  decision.decide();
  const againMs = nextTime(job, Math.max(nowMs, decision.state.settledMs));
  const { makes, stretches, state } = decision;
  return withoutUndefined({ name: job.name, make: makes, record: stretches.ended, state, againMs });
}

/** Another schedule than the last counts from when the edit began that brought it. */
function withSchedule(job: RecurringJob, nowMs: number): RecurringJob {
  const { state, scheduleText } = job;
  if (job.isArriving || state.scheduleText === scheduleText) return job;
  const settledMs = Math.max(state.settledMs, state.editedSinceMs ?? nowMs);
  // Those after the next of an earlier schedule cannot be told any more.
  const pending = (state.pending ?? []).map(({ next }) => ({ next, last: next }));
  return { ...job, state: { ...state, scheduleText, settledMs, pending } };
}

function nextTime(
  { timetable, opening, off, isArriving }: RecurringJob,
  afterMs: number,
): number | undefined {
  if (timetable === undefined || off !== undefined || isArriving) return undefined;
  return nextOpen(timetable, opening, afterMs + 1)?.dueMs;
}
