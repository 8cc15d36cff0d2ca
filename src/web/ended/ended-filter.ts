import { foldName } from "../../job/names.ts";
import { OUTCOMES, type RecordState } from "../../job/record.ts";
import { isFailure } from "../../job/words.ts";
import type { EndedAttempt } from "./ended-attempt.ts";

const [done, ...otherOutcomes] = OUTCOMES;

/** The ends to choose from: `trouble` is all but `done`, `failure` also leaves out `killed`. */
export const OUTCOME_FILTERS = [done, "trouble", "failure", ...otherOutcomes] as const;

/** A choice of ended jobs; an absent field does not matter. */
export interface EndedFilter extends JobSearch {
  readonly outcome?: (typeof OUTCOME_FILTERS)[number] | undefined;
  /** Ended at or after this time. */
  readonly sinceMs?: number | undefined;
}

/** True for a filter that lets everything through. */
export function isUnfiltered(filter: EndedFilter): boolean {
  return Object.values(filter).every((wanted) => wanted === undefined);
}

/** The jobs that a filter lets through, of jobs in the order in which they ended. */
export function filtered(jobs: readonly EndedAttempt[], filter: EndedFilter): readonly EndedAttempt[] {
  if (isUnfiltered(filter)) return jobs;
  const { outcome, sinceMs = 0, ...search } = filter;
  const isFound = searchFor(search);
  const first = jobs.findLastIndex(({ finishedMs }) => finishedMs < sinceMs) + 1;
  return jobs.slice(first).filter((job) => endedSo(job.state, outcome) && isFound(job));
}

function endedSo(state: RecordState, outcome: EndedFilter["outcome"]): boolean {
  if (outcome === "failure") return isFailure(state);
  return outcome === undefined || (outcome === "trouble" ? state !== "done" : state === outcome);
}

/** A search for jobs; an absent field does not matter. */
export interface JobSearch {
  /** Words in the name, the description, the owner or the group, in any case, or the number. */
  readonly text?: string | undefined;
  /** In any case. */
  readonly owner?: string | undefined;
}

interface Searched {
  readonly name: string;
  readonly number?: number | undefined;
  readonly owner?: string;
  readonly group?: string | undefined;
  readonly description?: string;
}

/** The search as a test of one job. */
export function searchFor({ text = "", owner }: JobSearch): (job: Searched) => boolean {
  const words = foldName(text).split(/\s+/).filter(Boolean);
  const wanted = owner?.toLowerCase();
  return (job) => {
    const { name, number, owner: its = "", group = "", description = "" } = job;
    const isNumber = (word: string) => number !== undefined && word.replace(/^#/, "") === String(number);
    return (
      (wanted === undefined || its.toLowerCase() === wanted) &&
      words.every(
        (word) => isNumber(word) || foldName(`${name} ${description} ${its} ${group}`).includes(word),
      )
    );
  };
}
