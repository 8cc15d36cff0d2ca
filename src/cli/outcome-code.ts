import type { JobEnd } from "./job-track.ts";

/** The exit code that ends of jobs amount to: 0 when all are done, 1 when any is not. */
export function exitCodeOf(ends: readonly JobEnd[]): number {
  return ends.every((end) => end.kind === "ended" && end.record.state === "done") ? 0 : 1;
}
