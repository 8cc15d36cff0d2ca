import { Reservation } from "./backfill.ts";
import { Occupancy } from "./occupancy.ts";
import type { QueuedJob, ScheduleInput } from "./schedule-input.ts";
import { compareAdmission, inStartOrder } from "./schedule-order.ts";
import { placesInLine, placesOfStuck, stuckReason, type WaitingPlace } from "./waiting-places.ts";

export type {
  BusySlot,
  Gate,
  QueuedJob,
  ScheduleInput,
  SchedulingRules,
} from "./schedule-input.ts";

/** A job to be started now. */
export interface Start {
  readonly name: string;
  /** Processors granted: what the job wants, lowered to the limit. */
  readonly processors: number;
  /** The job at the head that this one is started ahead of; to be remembered in its `BusySlot`. */
  readonly aheadOf?: string;
}

/** What starts now, and for whom processors are kept. */
export interface Choice {
  /** In the order in which to start them. */
  readonly starts: readonly Start[];
  /** The job at the head that does not fit; to be handed to the next choice, where fair share must not push it back. */
  readonly keptFor: string | undefined;
}

/**
 * Chooses what starts now: by priority, fair share, first come; at most `maxProcessors` in use, or one job at a
 * time. While the first in order does not fit, later jobs start only where they cannot delay it (EASY backfilling: Lifka 1995,
 * Mu'alem & Feitelson 2001). Pure: the same input gives the same choice, however its lists are ordered. Where nothing can start,
 * the waiting jobs are not looked at.
 */
export function chooseStarts(input: ScheduleInput): Choice {
  const { keptFor } = input;
  const occupancy = new Occupancy(input.rules, input.busy);
  if (input.gate.kind !== "open" || occupancy.free < 1) return { starts: [], keptFor };
  const able = input.waiting.filter((job) => stuckReason(job) === undefined);
  return startNow(able.sort(compareAdmission), occupancy, keptFor);
}

/**
 * The places of the jobs that are not started now, in the order in which they will be; those that cannot start come last.
 * `input` is that of the choice, with the job that this keeps processors for.
 */
export function orderBehind(starts: readonly Start[], input: ScheduleInput): WaitingPlace[] {
  const occupancy = new Occupancy(input.rules, input.busy);
  const waiting = input.waiting.toSorted(compareAdmission);
  const byName = new Map(waiting.map((job) => [job.name, job]));
  for (const { name, aheadOf } of starts) {
    const job = byName.get(name);
    if (job !== undefined) occupancy.start(job, aheadOf);
    byName.delete(name);
  }
  const able = [...byName.values()].filter((job) => stuckReason(job) === undefined);
  const line = lineUp(able, occupancy, input.keptFor);
  const running = [...input.busy, ...starts].map((job) => job.name).toSorted();
  const places = placesInLine(line, { occupancy, gate: input.gate, running });
  return [...places, ...placesOfStuck(waiting)];
}

/** Starts what fits, in order; after the first that does not, only what cannot delay that one. */
function startNow(
  able: readonly QueuedJob[],
  occupancy: Occupancy,
  keptFor: ScheduleInput["keptFor"],
): Choice {
  const starts: Start[] = [];
  let reservation: Reservation | undefined;
  for (const job of inStartOrder(able, occupancy, keptFor)) {
    if (occupancy.free < 1) break;
    const needed = occupancy.costOf(job);
    if (needed <= occupancy.free && (reservation?.letPass(needed, job.timeLimitSeconds) ?? true)) {
      occupancy.start(job, reservation?.holder);
      starts.push(startOf(job, occupancy, reservation?.holder));
    } else {
      reservation ??= new Reservation(job.name, needed, occupancy.free, occupancy.occupied);
    }
  }
  return {
    starts,
    keptFor: reservation?.holder ?? (stillWaits(keptFor, able, starts) ? keptFor : undefined),
  };
}

function stillWaits(name: string | undefined, able: readonly QueuedJob[], starts: readonly Start[]): boolean {
  return able.some((job) => job.name === name) && starts.every((start) => start.name !== name);
}

function startOf(job: QueuedJob, occupancy: Occupancy, aheadOf: string | undefined): Start {
  const start = { name: job.name, processors: occupancy.grantTo(job) };
  return aheadOf === undefined ? start : { ...start, aheadOf };
}

/** The order in which the line will start, as far as it can be told: as if none gave its processors back. */
function lineUp(
  jobs: readonly QueuedJob[],
  occupancy: Occupancy,
  keptFor: ScheduleInput["keptFor"],
): QueuedJob[] {
  const usage = occupancy.usage.copy();
  const line: QueuedJob[] = [];
  for (const job of inStartOrder(jobs, { usage, isFair: occupancy.isFair }, keptFor)) {
    line.push(job);
    usage.add({ owner: job.owner, processors: occupancy.costOf(job) });
  }
  return line;
}
