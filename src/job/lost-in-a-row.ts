import type { JobRecord } from "./record.ts";

/** So often a job runs again by itself after it was lost: one that ends its own supervisor would do so for ever. */
const MAX_LOST_IN_A_ROW = 3;

/** Lost attempts in a row, with the one that is being lost now. */
export function countLoss({ lostInARow = 0 }: Pick<JobRecord, "lostInARow">): number {
  return lostInARow + 1;
}

/** Whether a job that was lost so often in a row runs once more by itself, where lost jobs are requeued. */
export function mayRunAgain(lostInARow: number): boolean {
  return lostInARow < MAX_LOST_IN_A_ROW;
}

/** The losses that count for the next attempt: none after another outcome, nor after a person has put the job back. */
export function lossesBefore(latest: JobRecord | undefined): number {
  const losses = latest?.state === "lost" ? (latest.lostInARow ?? 0) : 0;
  return mayRunAgain(losses) ? losses : 0;
}

/** Why a run is lost, with how often that has happened if not for the first time. */
export function describeLoss(why: string, lostInARow: number): string {
  return lostInARow === 1 ? why : `${why}; lost ${lostInARow} times in a row`;
}
