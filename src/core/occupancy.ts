import type { Occupied } from "./backfill.ts";
import { OwnerUsage } from "./owner-usage.ts";
import type { BusySlot, QueuedJob, SchedulingRules } from "./schedule-input.ts";

/**
 * The machine while a choice is made: what runs, what is free, and what was just started.
 * One job at a time (`blocking`) is the same as one processor that every job needs.
 */
export class Occupancy {
  readonly usage: OwnerUsage;
  readonly occupied: Occupied[];
  /** Negative when the limit was lowered below what runs. */
  free: number;
  readonly #rules: SchedulingRules;

  constructor(rules: SchedulingRules, busy: readonly BusySlot[]) {
    this.#rules = rules;
    this.usage = new OwnerUsage(busy);
    this.occupied = busy.map((slot) => ({
      processors: this.isBlocking ? 1 : slot.processors,
      remainingSeconds: remainingSeconds(slot),
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
    this.occupied.push({ processors, remainingSeconds: job.timeLimitSeconds ?? Number.POSITIVE_INFINITY });
    this.usage.add({ owner: job.owner, processors, ...(aheadOf === undefined ? {} : { aheadOf }) });
  }

  /** One job at a time knows no fair share: whenever one may start, nobody has a processor in use. */
  get isFair(): boolean {
    return this.#rules.fairShare && !this.isBlocking;
  }

  get isBlocking(): boolean {
    return this.#rules.launchType === "blocking";
  }
}

function remainingSeconds(slot: BusySlot): number {
  if (slot.timeLimitSeconds === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, slot.timeLimitSeconds - slot.elapsedSeconds);
}
