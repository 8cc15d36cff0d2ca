import type { EndedAttempt } from "../ended/ended-attempt.ts";
import type { ListedJob } from "../ended/ended-index.ts";
import type { EndedAttemptJson } from "./schemas.ts";

/** An attempt that has ended, for programs. */
export function endedAttemptJson(job: EndedAttempt): EndedAttemptJson {
  const { name, state, reason, owner, description, attempt, processors } = job;
  const { warning, size, finishedMs, waitedSeconds, ranSeconds } = job;
  return {
    name,
    state,
    reason,
    ...(warning === undefined ? {} : { warning }),
    owner,
    description,
    attempt,
    processors,
    ...(size === undefined ? {} : { size }),
    ...(finishedMs > 0 ? { finishedAt: new Date(finishedMs).toISOString() } : {}),
    ...(waitedSeconds === undefined ? {} : { waitedSeconds }),
    ...(ranSeconds === undefined ? {} : { ranSeconds }),
  };
}

/** An ended job whose folder is there, for programs. */
export function endedJobJson(job: ListedJob): EndedAttemptJson & Pick<ListedJob, "shelf"> {
  return { ...endedAttemptJson(job), shelf: job.shelf };
}
