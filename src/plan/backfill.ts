/** What a running job occupies, and how long it may still do so. */
export interface Occupied {
  readonly processors: number;
  /** 0 for a job past its limit; Infinity for a job without one. */
  readonly remainingSeconds: number;
}

/**
 * What is kept for the job at the head of the order while it does not fit
 * (EASY backfilling: Lifka 1995, Mu'alem & Feitelson 2001).
 */
export class Reservation {
  /** The job it is kept for. */
  readonly holder: string;
  /** Processors that the holder takes. */
  readonly needed: number;
  /** Until the holder can start at the latest, the "shadow time"; Infinity when no limit tells. */
  readonly startSeconds: number;
  #extraProcessors: number;

  /** `needed` is more than `free`; `free` may be negative, when the limit was lowered below what runs. */
  constructor(holder: string, needed: number, free: number, occupied: readonly Occupied[]) {
    this.holder = holder;
    this.needed = needed;
    this.startSeconds = shadowSeconds(needed, free, occupied);
    const freed = Number.isFinite(this.startSeconds)
      ? sumOfProcessors(occupied.filter((slot) => slot.remainingSeconds <= this.startSeconds))
      : leastFreed(needed - free, occupied);
    this.#extraProcessors = free + freed - needed;
  }

  /** Processors that the holder will not need once it can start. */
  get extraProcessors(): number {
    return this.#extraProcessors;
  }

  /**
   * Whether a job that fits now can start without delaying the holder: it ends by its limit before, or it fits into the extra
   * processors, which are then used up.
   */
  letPass(processors: number, timeLimitSeconds: number | undefined): boolean {
    if (this.#isOverBefore(timeLimitSeconds)) return true;
    if (processors > this.#extraProcessors) return false;
    this.#extraProcessors -= processors;
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
