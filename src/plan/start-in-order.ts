import { type Occupancy, Reservation } from "./occupancy.ts";
import type { QueuedJob, ScheduleInput } from "./schedule-input.ts";

/** A job to be started now. */
export interface Start {
  readonly name: string;
  /** Processors granted: what the job wants, lowered to the limit. */
  readonly processors: number;
  /** The job at the head that this one is started ahead of; to be remembered in its `BusySlot`. */
  readonly aheadOf?: string | undefined;
}

/** The jobs of a line that start. */
export interface Started {
  /** In the order in which to start them. */
  readonly starts: readonly Start[];
  /** The processors kept for the first that does not fit and may be passed no more; absent where there is none. */
  readonly reservation?: Pick<Reservation, "holder" | "needed" | "startSeconds"> | undefined;
}

/** The measure of which jobs may be passed: the time, and `Reserve_After`. */
type Patience = Pick<ScheduleInput, "nowMs" | "rules">;

/**
 * Starts what fits, in order: `occupancy` takes it in. All may pass a job that does not fit, until it has been at the head for
 * long enough; then only what cannot delay it (EASY backfilling: Lifka 1995, Mu'alem & Feitelson 2001).
 */
export function startInOrder(jobs: Iterable<QueuedJob>, occupancy: Occupancy, patience: Patience): Started {
  const starts: Start[] = [];
  let head: string | undefined;
  let reservation: Reservation | undefined;
  for (const job of jobs) {
    if (occupancy.free < 1) break;
    const needed = occupancy.costOf(job);
    if (needed <= occupancy.free && (reservation?.letPass(needed, job.timeLimitSeconds) ?? true)) {
      const aheadOf = reservation?.holder ?? head;
      occupancy.start(job, aheadOf);
      starts.push({ name: job.name, processors: occupancy.grantTo(job), aheadOf });
    } else {
      head ??= job.name;
      if (passableSeconds(job, patience) === 0)
        reservation ??= new Reservation(job.name, needed, occupancy.free, occupancy.occupied);
    }
  }
  return { starts, reservation };
}

/**
 * Seconds for which all others may still pass a job at the head; 0 once processors are kept for it. A time at the head that
 * lies ahead tells of a clock set back between two managers: waiting on for it could take years.
 */
export function passableSeconds({ headSinceMs }: QueuedJob, { nowMs, rules }: Patience): number {
  const headSeconds = (nowMs - (headSinceMs ?? nowMs)) / 1000;
  return headSeconds < 0 ? 0 : Math.max(0, rules.reserveAfterSeconds - headSeconds);
}
