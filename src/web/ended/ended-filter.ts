import { OUTCOMES, type RecordState } from "../../job/record.ts";
import { type JobSearch, searchFor } from "../job-search.ts";
import type { EndedAttempt } from "./ended-attempt.ts";

const [done, ...otherOutcomes] = OUTCOMES;

/** How jobs may have ended, `trouble` standing for all but `done`. */
export const OUTCOME_FILTERS = [done, "trouble", ...otherOutcomes] as const;

/** One of {@link OUTCOME_FILTERS}. */
export type OutcomeFilter = (typeof OUTCOME_FILTERS)[number];

/** Which ended jobs are wanted; what is absent does not matter. */
export interface EndedFilter extends JobSearch {
  readonly outcome?: OutcomeFilter;
  /** Ended at or after this time. */
  readonly sinceMs?: number;
}

/** The filter as a test of one job. */
export function matcherOf({ outcome, sinceMs = 0, ...search }: EndedFilter): (job: EndedAttempt) => boolean {
  const isFound = searchFor(search);
  return (job) =>
    job.finishedMs >= sinceMs && (outcome === undefined || endedSo(job.state, outcome)) && isFound(job);
}

function endedSo(state: RecordState, outcome: OutcomeFilter): boolean {
  return outcome === "trouble" ? state !== "done" : state === outcome;
}
