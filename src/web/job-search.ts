import { foldName } from "../job/names.ts";

/** Which jobs are looked for; what is absent does not matter. */
export interface JobSearch {
  /** Words in the name, the description or the owner, in any case. */
  readonly text?: string;
  /** In any case. */
  readonly owner?: string;
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
