import type { Occupied } from "./backfill.ts";
import { OwnerUsage } from "./owner-usage.ts";
import type { BusySlot, QueuedJob, SchedulingRules } from "./schedule-input.ts";

/** A running job, with when it is expected to end, which is at its limit at the latest. */
interface Slot extends Occupied {
  readonly expectedSeconds: number;
}

/** Seconds that a job is expected to run, whatever its limit; undefined where nothing tells. */
export type ExpectedRun = (job: QueuedJob) => number | undefined;

/**
 * The machine while a choice is made: what runs, what is free, and what was just started.
 * One job at a time (`blocking`) is the same as one processor that every job needs.
 */
export class Occupancy {
  readonly usage: OwnerUsage;
  occupied: Slot[];
  /** Negative when the limit was lowered below what runs. */
  free: number;
  readonly #rules: SchedulingRules;
  readonly #expectedRun: ExpectedRun;

  /** @param expectedRun counts for what is told of the future alone */
  constructor(rules: SchedulingRules, busy: readonly BusySlot[], expectedRun: ExpectedRun = () => undefined) {
    this.#rules = rules;
    this.#expectedRun = expectedRun;
    this.usage = new OwnerUsage(busy);
    this.occupied = busy.map((slot) => ({
      processors: this.isBlocking ? 1 : slot.processors,
      ...timesOf(remainingSeconds(slot), slot.expectedSeconds),
    }));
    const capacity = this.isBlocking ? 1 : rules.maxProcessors;
    this.free = this.occupied.reduce((free, slot) => free - slot.processors, capacity);
  }

  /** Processors that the job gets: what it wants, lowered to the limit. */
  grantTo(job: QueuedJob): number {
    return Math.min(job.processors, this.#rules.maxProcessors);
  }

  /** What the job takes of `free`. */
  costOf(job: QueuedJob): number {
    return this.isBlocking ? 1 : this.grantTo(job);
  }

  /** Takes the job in, as one that starts now and runs to its limit. */
  start(job: QueuedJob, aheadOf: string | undefined): void {
    const processors = this.costOf(job);
    this.free -= processors;
    const limit = job.timeLimitSeconds ?? Number.POSITIVE_INFINITY;
    this.occupied.push({ processors, ...timesOf(limit, this.#expectedRun(job)) });
    this.usage.add({ owner: job.owner, processors, ...(aheadOf === undefined ? {} : { aheadOf }) });
  }

  /** Lets time pass until the next job is expected to end, and frees what it holds; gives the seconds, undefined where no end can be told. */
  letNextEnd(): number | undefined {
    const seconds = Math.min(...this.occupied.map((slot) => slot.expectedSeconds));
    if (!Number.isFinite(seconds)) return undefined;
    for (const slot of this.occupied) if (slot.expectedSeconds <= seconds) this.free += slot.processors;
    this.occupied = this.occupied
      .filter((slot) => slot.expectedSeconds > seconds)
      .map(({ processors, remainingSeconds: left, expectedSeconds }) => ({
        processors,
        remainingSeconds: left - seconds,
        expectedSeconds: expectedSeconds - seconds,
      }));
    return seconds;
  }

  /** One job at a time knows no fair share: whenever one may start, nobody has a processor in use. */
  get isFair(): boolean {
    return this.#rules.fairShare && !this.isBlocking;
  }

  get isBlocking(): boolean {
    return this.#rules.launchType === "blocking";
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
