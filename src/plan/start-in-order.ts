import type { Occupancy } from "./occupancy.ts";
import type { Reservation } from "./reservation.ts";
import type { Kept, QueuedJob, ScheduleInput } from "./schedule-input.ts";
import type { WorkerRoom } from "./worker-room.ts";

/** A job to be started now. */
export interface Start {
  readonly name: string;
  /** The name of the worker that it is to run on. */
  readonly worker: string;
  /** Processors granted: what the job wants, lowered to the most that a worker which fits has. */
  readonly processors: number;
  /** The job at the head that this one is started ahead of; to be remembered in its `BusySlot`. */
  readonly aheadOf?: string | undefined;
}

/** The jobs of a line that start. */
export interface Started {
  /** In the order in which to start them. */
  readonly starts: readonly Start[];
  /** The processors kept for the first that does not fit and may be passed no more; absent where there is none. */
  readonly reservation?: Reservation<WorkerRoom> | undefined;
}

/** The measure of which jobs may be passed: the time, and `Reserve_After`. */
type Patience = Pick<ScheduleInput, "nowMs" | "rules">;

/**
 * Starts what fits, in order, each on the worker that it prefers or the one with the most free processors: `occupancy` takes it in. All may pass a job that fits
 * nowhere now, until it has been at the head for long enough; then on the worker that it waits for only what cannot delay it
 * (EASY backfilling: Lifka 1995, Mu'alem & Feitelson 2001).
 */
export function startInOrder(
  jobs: Iterable<QueuedJob>,
  occupancy: Occupancy,
  patience: Patience & Pick<ScheduleInput, "keptFor">,
): Started {
  const starts: Start[] = [];
  let head: string | undefined;
  let reservation: Reservation<WorkerRoom> | undefined;
  for (const job of jobs) {
    if (!occupancy.hasRoom) break;
    const room = roomFor(job, occupancy, reservation);
    if (room !== undefined) {
      const aheadOf = reservation?.holder ?? head;
      occupancy.start(job, room, aheadOf);
      const { name } = room.worker;
      starts.push({ name: job.name, worker: name, processors: occupancy.grantTo(job), aheadOf });
    } else {
      head ??= job.name;
      if (passableSeconds(job, patience) === 0) reservation ??= occupancy.reserve(job, patience.keptFor);
    }
  }
  return { starts, reservation: reservation?.hasBegun ? reservation : undefined };
}

/** The job that processors are kept for, and the worker; undefined where there is none. */
export function keptBy({ reservation }: Started): Kept | undefined {
  return reservation && { name: reservation.holder, worker: reservation.room.worker.name };
}

/** The worker on which the job starts now; where it could delay the holder of the reservation, another. */
function roomFor(
  job: QueuedJob,
  occupancy: Occupancy,
  reservation: Reservation<WorkerRoom> | undefined,
): WorkerRoom | undefined {
  const best = occupancy.bestFor(job);
  if (best === undefined || best !== reservation?.room) return best;
  const mayPass = reservation.letPass(occupancy.grantTo(job), job.timeLimitSeconds);
  return mayPass ? best : occupancy.bestFor(job, best);
}

/**
 * Seconds for which all others may still pass a job at the head; 0 once processors are kept for it. A time at the head that
 * lies ahead tells of a clock set back between two managers: waiting on for it could take years.
 */
export function passableSeconds({ headSinceMs }: QueuedJob, { nowMs, rules }: Patience): number {
  const headSeconds = (nowMs - (headSinceMs ?? nowMs)) / 1000;
  return headSeconds < 0 ? 0 : Math.max(0, rules.reserveAfterSeconds - headSeconds);
}
