/** The processors of a running job, and how long it may still occupy them. */
export interface Occupied {
  readonly processors: number;
  /** 0 for a job past its limit; Infinity for a job without one. */
  readonly remainingSeconds: number;
}

/** The room on a worker on which a job does not fit now. */
interface Room {
  /** Processors; negative when the limit was lowered below what runs. */
  readonly free: number;
  /** Jobs that could be begun beside those that run, as far as their number is limited; Infinity where it is not. */
  readonly freeJobs: number;
  readonly occupied: readonly Occupied[];
}

/**
 * The processors of a worker that are kept for the job at the head of the order while it does not fit
 * (EASY backfilling: Lifka 1995, Mu'alem & Feitelson 2001). Of `Max_Jobs` nothing needs to be kept: by the time at which
 * the holder can start, one of the jobs that run now has ended.
 */
export class Reservation<R extends Room = Room> {
  /** The job it is kept for. */
  readonly holder: string;
  readonly room: R;
  /** Processors that the holder takes. */
  readonly needed: number;
  /** False where none is free there yet: others may take the holder's turn by then. */
  readonly hasBegun: boolean;
  /** Until the holder can start at the latest, the "shadow time"; Infinity when no limit tells. */
  readonly startSeconds: number;
  /** Processors that the holder will not need once it can start, less those that jobs which pass it have taken. */
  extraProcessors: number;

  constructor(holder: string, needed: number, room: R) {
    const { free, occupied } = room;
    this.holder = holder;
    this.room = room;
    this.needed = needed;
    this.hasBegun = free > 0;
    this.startSeconds = shadowSeconds(needed, room);
    const freed = Number.isFinite(this.startSeconds)
      ? sumOfProcessors(occupied.filter((slot) => slot.remainingSeconds <= this.startSeconds))
      : leastFreed(Math.max(0, needed - free), occupied);
    this.extraProcessors = free + freed - needed;
  }

  /**
   * True where a job that fits there now can start without delaying the holder: it ends by its limit before, or it fits into the extra
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

function shadowSeconds(needed: number, { free, freeJobs, occupied }: Room): number {
  let freeThen = free;
  let freeJobsThen = freeJobs;
  for (const slot of occupied.toSorted(compareRemaining)) {
    freeThen += slot.processors;
    freeJobsThen += 1;
    if (freeThen >= needed && freeJobsThen >= 1) return slot.remainingSeconds;
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
