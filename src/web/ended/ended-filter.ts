import { foldName } from "../../job/names.ts";
import { OUTCOMES, type RecordState } from "../../job/record.ts";
import type { EndedAttempt } from "./ended-attempt.ts";

const [done, ...otherOutcomes] = OUTCOMES;

/** The ends to choose from, `trouble` standing for all but `done`. */
export const OUTCOME_FILTERS = [done, "trouble", ...otherOutcomes] as const;

/** One of {@link OUTCOME_FILTERS}. */
export type OutcomeFilter = (typeof OUTCOME_FILTERS)[number];

/** A choice of ended jobs; an absent field does not matter. */
export interface EndedFilter extends JobSearch {
  readonly outcome?: OutcomeFilter | undefined;
  /** Ended at or after this time. */
  readonly sinceMs?: number | undefined;
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

/** A search for jobs; an absent field does not matter. */
export interface JobSearch {
  /** Words in the name, the description or the owner, in any case. */
  readonly text?: string | undefined;
  /** In any case. */
  readonly owner?: string | undefined;
}

interface Searched {
  readonly name: string;
  readonly owner?: string;
  readonly description?: string;
}

/** The search as a test of one job. */
export function searchFor({ text = "", owner }: JobSearch): (job: Searched) => boolean {
  const words = foldName(text).split(/\s+/).filter(Boolean);
  const wanted = owner?.toLowerCase();
  return (job) => {
    const { name, owner: its = "", description = "" } = job;
    return (
      (wanted === undefined || its.toLowerCase() === wanted) &&
      words.every((word) => foldName(`${name} ${description} ${its}`).includes(word))
    );
  };
}
