import { type ExpectedRun, Occupancy } from "./occupancy.ts";
import type { Kept, QueuedJob, ScheduleInput } from "./schedule-input.ts";
import { compareAdmission, inStartOrder } from "./schedule-order.ts";
import { keptBy, type Start, type Started, startInOrder } from "./start-in-order.ts";
import { isStuck, placesInLine, placesOfStuck, type WaitingPlace } from "./waiting-places.ts";

/** The jobs that start now, and the one for which processors are kept. */
export interface Choice extends Started {
  /** The job that they are kept for; to be handed to the next choice, where fair share must not push it back. */
  readonly keptFor: Kept | undefined;
}

/**
 * Chooses what starts now and where: by priority, fair share, first come; within the processors and jobs of each worker, or one job at
 * a time. While the first in order fits nowhere, later jobs may pass it for `reserveAfterSeconds`, and from then on where they cannot
 * delay it. Pure: the same input gives the same choice, however its lists are ordered. Where nothing can start,
 * the waiting jobs are not looked at.
 */
export function chooseStarts(input: ScheduleInput): Choice {
  const { keptFor } = input;
  const occupancy = new Occupancy(input);
  if (input.gate.kind !== "open" || !occupancy.hasRoom) return { starts: [], keptFor };
  const able = input.waiting.filter((job) => !isStuck(job, occupancy));
  const inOrder = inStartOrder(able.sort(compareAdmission), occupancy, keptFor?.name);
  const started = startInOrder(inOrder, occupancy, input);
  const still = stillWaits(keptFor?.name, able, started.starts) ? keptFor : undefined;
  return { ...started, keptFor: keptBy(started) ?? still };
}

/**
 * The places of the jobs that are not started now, in the order in which they will be; those that cannot start come last.
 * `input` is that of the choice, with the job that this keeps processors for.
 * @param expectedRun how long waiting jobs are expected to run; by their limits alone unless given
 */
export function orderBehind(
  starts: readonly Start[],
  input: ScheduleInput,
  expectedRun?: ExpectedRun,
): WaitingPlace[] {
  const occupancy = new Occupancy(input, expectedRun);
  const waiting = input.waiting.toSorted(compareAdmission);
  const byName = new Map(waiting.map((job) => [job.name, job]));
  for (const { name, worker, aheadOf } of starts) {
    const job = byName.get(name);
    if (job !== undefined) occupancy.start(job, occupancy.roomOf(worker), aheadOf);
    byName.delete(name);
  }
  const able = [...byName.values()].filter((job) => !isStuck(job, occupancy));
  const line = lineUp(able, occupancy, input.keptFor?.name);
  const running = [...input.busy, ...starts].map((job) => job.name).toSorted();
  const places = placesInLine(line, { ...input, occupancy, running });
  return [...places, ...placesOfStuck([...byName.values()], { ...input, occupancy })];
}

function stillWaits(name: string | undefined, able: readonly QueuedJob[], starts: readonly Start[]): boolean {
  return able.some((job) => job.name === name) && starts.every((start) => start.name !== name);
}

/** The order in which the line will start, as far as it can be told: as if none gave its processors back. */
function lineUp(jobs: readonly QueuedJob[], occupancy: Occupancy, keptFor: string | undefined): QueuedJob[] {
  const usage = occupancy.usage.copy();
  const line: QueuedJob[] = [];
  for (const job of inStartOrder(jobs, { usage, isFair: occupancy.isFair }, keptFor)) {
    line.push(job);
    usage.add({ owner: job.owner, processors: occupancy.grantTo(job) });
  }
  return line;
}
