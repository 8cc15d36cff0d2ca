import type { Occupied } from "./reservation.ts";
import type { BusySlot } from "./schedule-input.ts";
import type { Worker } from "./worker.ts";

/** A running job, with when it is expected to end, which is at its limit at the latest. */
interface Slot extends Occupied {
  readonly expectedSeconds: number;
}

/** One worker while a choice is made: what runs there, what is free, and what was just started. */
export class WorkerRoom {
  readonly worker: Worker;
  occupied: Slot[];
  /** Processors; negative when the limit was lowered below what runs. */
  free: number;

  constructor(worker: Worker, busy: readonly BusySlot[]) {
    this.worker = worker;
    this.occupied = busy.map((slot) => ({
      processors: slot.processors,
      ...timesOf(remainingSeconds(slot), slot.expectedSeconds),
    }));
    this.free = busy.reduce((free, { processors }) => free - processors, worker.processors);
  }

  /** Jobs that could be begun, as far as `Max_Jobs` tells; below 1 where it has that many. */
  get freeJobs(): number {
    return (this.worker.maxJobs ?? Number.POSITIVE_INFINITY) - this.occupied.length;
  }

  /** Processors that a job may take now. */
  get usable(): number {
    return this.freeJobs < 1 ? 0 : Math.max(0, this.free);
  }

  /** Takes a job in, as one that starts now and runs to its limit; both times in seconds. */
  start(processors: number, limit: number | undefined, expected: number | undefined): void {
    this.free -= processors;
    this.occupied.push({ processors, ...timesOf(limit ?? Number.POSITIVE_INFINITY, expected) });
  }

  /** Until the next of its jobs is expected to end; Infinity where nothing tells. */
  get untilNextEnd(): number {
    return Math.min(...this.occupied.map((slot) => slot.expectedSeconds));
  }

  /** Lets time pass, and frees what the jobs hold that are expected to end by then. */
  pass(seconds: number): void {
    for (const slot of this.occupied) if (slot.expectedSeconds <= seconds) this.free += slot.processors;
    this.occupied = this.occupied
      .filter((slot) => slot.expectedSeconds > seconds)
      .map(({ processors, remainingSeconds: left, expectedSeconds }) => ({
        processors,
        remainingSeconds: left - seconds,
        expectedSeconds: expectedSeconds - seconds,
      }));
  }
}

function timesOf(
  limitSeconds: number,
  expectedSeconds = limitSeconds,
): Pick<Slot, "remainingSeconds" | "expectedSeconds"> {
  return { remainingSeconds: limitSeconds, expectedSeconds: Math.min(limitSeconds, expectedSeconds) };
}

function remainingSeconds(slot: BusySlot): number {
  if (slot.timeLimitSeconds === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, slot.timeLimitSeconds - slot.elapsedSeconds);
}
