import type { BusySlot, QueuedJob, SchedulingRules } from "./schedule-input.ts";
import { OwnerUsage } from "./schedule-order.ts";

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

  /** The processors that the job takes of `free`. */
  costOf(job: QueuedJob): number {
    return this.isBlocking ? 1 : this.grantTo(job);
  }

  /** Takes the job in, as one that starts now and runs to its limit. */
  start(job: QueuedJob, aheadOf: string | undefined): void {
    const processors = this.costOf(job);
    this.free -= processors;
    const limit = job.timeLimitSeconds ?? Number.POSITIVE_INFINITY;
    this.occupied.push({ processors, ...timesOf(limit, this.#expectedRun(job)) });
    this.usage.add({ owner: job.owner, processors, aheadOf });
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

/** The processors of a running job, and how long it may still occupy them. */
interface Occupied {
  readonly processors: number;
  /** 0 for a job past its limit; Infinity for a job without one. */
  readonly remainingSeconds: number;
}

/**
 * The processors that are kept for the job at the head of the order while it does not fit
 * (EASY backfilling: Lifka 1995, Mu'alem & Feitelson 2001).
 */
export class Reservation {
  /** The job it is kept for. */
  readonly holder: string;
  /** Processors that the holder takes. */
  readonly needed: number;
  /** Until the holder can start at the latest, the "shadow time"; Infinity when no limit tells. */
  readonly startSeconds: number;
  /** Processors that the holder will not need once it can start, less those that jobs which pass it have taken. */
  extraProcessors: number;

  /** `needed` is more than `free`; `free` may be negative, when the limit was lowered below what runs. */
  constructor(holder: string, needed: number, free: number, occupied: readonly Occupied[]) {
    this.holder = holder;
    this.needed = needed;
    this.startSeconds = shadowSeconds(needed, free, occupied);
    const freed = Number.isFinite(this.startSeconds)
      ? sumOfProcessors(occupied.filter((slot) => slot.remainingSeconds <= this.startSeconds))
      : leastFreed(needed - free, occupied);
    this.extraProcessors = free + freed - needed;
  }

  /**
   * True where a job that fits now can start without delaying the holder: it ends by its limit before, or it fits into the extra
   * processors, which are then used up.
   */
  letPass(processors: number, timeLimitSeconds: number | undefined): boolean {
    if (this.#isOverBefore(timeLimitSeconds)) return true;
    if (processors > this.extraProcessors) return false;
    this.extraProcessors -= processors;
    return true;
  }

  #isOverBefore(timeLimitSeconds: number | undefined): boolean {
    if (timeLimitSeconds === undefined || !Number.isFinite(this.startSeconds)) return false;
    return timeLimitSeconds <= this.startSeconds;
  }
}

function shadowSeconds(needed: number, free: number, occupied: readonly Occupied[]): number {
  let freeThen = free;
  for (const slot of occupied.toSorted(compareRemaining)) {
    freeThen += slot.processors;
    if (freeThen >= needed) return slot.remainingSeconds;
  }
  return Number.POSITIVE_INFINITY;
}

/** Compared, not subtracted: Infinity minus Infinity is not a number. */
function compareRemaining(left: Occupied, right: Occupied): number {
  if (left.remainingSeconds === right.remainingSeconds) return 0;
  return left.remainingSeconds < right.remainingSeconds ? -1 : 1;
}

function sumOfProcessors(slots: readonly Occupied[]): number {
  return slots.reduce((sum, slot) => sum + slot.processors, 0);
}

/**
 * The fewest processors, `target` or more, that the end of some of the jobs can free. Where the head waits for
 * a job without limit, jobs may end in any order; only what is extra in the tightest of them is extra for sure.
 */
function leastFreed(target: number, occupied: readonly Occupied[]): number {
  const total = sumOfProcessors(occupied);
  const reachable = new Uint8Array(total + 1);
  reachable[0] = 1;
  for (const { processors } of occupied) {
    for (let sum = total; sum >= processors; sum -= 1) {
      if (reachable[sum - processors] === 1) reachable[sum] = 1;
    }
  }
  return reachable.indexOf(1, target);
}
