import type { EndedJob } from "./job-track.ts";

/** The exit code that ends of jobs amount to: 0 when all are done, 1 when any is not. */
export function exitCodeOf(ended: readonly EndedJob[]): number {
  return ended.every(({ record }) => record?.state === "done") ? 0 : 1;
}
