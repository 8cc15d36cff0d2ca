import { foldName } from "../../core/names.ts";
import { OUTCOMES, type RecordState } from "../../core/record.ts";
import type { EndedAttempt } from "./ended-attempt.ts";

const [done, ...otherOutcomes] = OUTCOMES;

/** How jobs may have ended, `trouble` standing for all but `done`. */
export const OUTCOME_FILTERS = [done, "trouble", ...otherOutcomes] as const;

/** One of {@link OUTCOME_FILTERS}. */
export type OutcomeFilter = (typeof OUTCOME_FILTERS)[number];

/** Which ended jobs are wanted; what is absent does not matter. */
export interface EndedFilter {
  /** In the name, the description or the owner, in any case. */
  readonly text?: string;
  readonly outcome?: OutcomeFilter;
  readonly owner?: string;
}

/** The filter as a test of one job. */
export function matcherOf({ text, outcome, owner }: EndedFilter): (job: EndedAttempt) => boolean {
  const words = text === undefined ? [] : foldName(text).split(/\s+/).filter(Boolean);
  const folded = owner?.toLowerCase();
  return (job) =>
    (outcome === undefined || endedSo(job.state, outcome)) &&
    (folded === undefined || job.owner.toLowerCase() === folded) &&
    words.every((word) => foldName(`${job.name} ${job.description} ${job.owner}`).includes(word));
}

function endedSo(state: RecordState, outcome: OutcomeFilter): boolean {
  return outcome === "trouble" ? state !== "done" : state === outcome;
}
