import type { Occupied } from "./backfill.ts";
import { PriorityQueue } from "./priority-queue.ts";

interface Wanted {
  readonly processors: number;
  /** Infinity for a job without limit. */
  readonly limitSeconds: number;
}

interface End {
  readonly atSeconds: number;
  readonly processors: number;
}

/**
 * Seconds until each job of the line starts if all run to their limits and none overtakes another; usually it is sooner.
 * From the first job that must wait for a job without a time limit, undefined. O(n log n).
 */
export function expectedStarts(
  line: readonly Wanted[],
  free: number,
  occupied: readonly Occupied[],
): (number | undefined)[] {
  const course = new Course(free, occupied);
  return line.map((job) => course.start(job));
}

/** The machine's future, as far as time limits tell it. */
class Course {
  #atSeconds = 0;
  #free: number;
  readonly #ends = new PriorityQueue<End>(compareEnds);

  constructor(free: number, occupied: readonly Occupied[]) {
    this.#free = free;
    for (const slot of occupied) {
      this.#ends.push({ atSeconds: slot.remainingSeconds, processors: slot.processors });
    }
  }

  start(job: Wanted): number | undefined {
    this.#waitForProcessors(job.processors);
    if (!Number.isFinite(this.#atSeconds)) return undefined;
    this.#free -= job.processors;
    const atSeconds = this.#atSeconds + job.limitSeconds;
    this.#ends.push({ atSeconds, processors: job.processors });
    return this.#atSeconds;
  }

  #waitForProcessors(needed: number): void {
    while (this.#free < needed && Number.isFinite(this.#atSeconds)) {
      const end = this.#ends.pop();
      this.#free += end?.processors ?? 0;
      this.#atSeconds = Math.max(this.#atSeconds, end?.atSeconds ?? Number.POSITIVE_INFINITY);
    }
  }
}

/** Compared, not subtracted: Infinity minus Infinity is not a number. */
function compareEnds(left: End, right: End): number {
  if (left.atSeconds === right.atSeconds) return 0;
  return left.atSeconds < right.atSeconds ? -1 : 1;
}
