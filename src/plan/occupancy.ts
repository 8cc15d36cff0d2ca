import { Reservation } from "./reservation.ts";
import type { BusySlot, Kept, QueuedJob, ScheduleInput } from "./schedule-input.ts";
import { OwnerUsage } from "./schedule-order.ts";
import { type Demand, fits, type Worker } from "./worker.ts";
import { WorkerRoom } from "./worker-room.ts";

/** Seconds that a job is expected to run, whatever its limit; undefined where nothing tells. */
export type ExpectedRun = (job: QueuedJob) => number | undefined;

/** The workers that fit the jobs of one demand. */
interface Fitting {
  /** The most processors that one of them has, closed ones too. */
  readonly most: number;
  /** Those that are not closed. */
  readonly open: readonly WorkerRoom[];
  /** The most processors that one of these has; 0 where there is none. */
  readonly mostOpen: number;
}

/** All workers while a choice is made. */
export class Occupancy {
  readonly usage: OwnerUsage;
  readonly #rules: ScheduleInput["rules"];
  readonly #expectedRun: ExpectedRun;
  readonly #rooms: readonly WorkerRoom[];
  readonly #fitting = new Map<string, Fitting>();
  readonly #open: readonly WorkerRoom[];
  /** For jobs without a demand, which most are. */
  readonly #anywhere: Fitting;
  /** Jobs that run, on workers that nobody knows any more too. */
  #running: number;
  /** The most processors that a job may take now on one worker. */
  #mostUsable = 0;

  /** @param expectedRun counts for what is told of the future alone */
  constructor(
    { workers, busy, rules }: Pick<ScheduleInput, "workers" | "busy" | "rules">,
    expectedRun: ExpectedRun = () => undefined,
  ) {
    this.#rules = rules;
    this.#expectedRun = expectedRun;
    this.usage = new OwnerUsage(busy);
    this.#running = busy.length;
    this.#rooms = workers
      .toSorted(compareNames)
      .map((worker) => new WorkerRoom(worker, runsOf(worker, busy)));
    this.#open = this.#rooms.filter(({ worker }) => worker.closed === undefined);
    this.#anywhere = fittingOf(this.#rooms.filter(({ worker }) => fits(undefined, worker)));
    this.#noteUsable();
  }

  /** True where a job of one processor could start on some worker. */
  get hasRoom(): boolean {
    return this.#mostUsable > 0;
  }

  /** Processors that the job gets: what it wants, lowered to the most that a worker which fits has. */
  grantTo(job: QueuedJob): number {
    return Math.min(job.processors, this.#fittingOf(job.demand).most);
  }

  /** True where some worker that is given jobs is large enough for it and has all that it asks for. */
  isPlaceable(job: QueuedJob): boolean {
    const { most, mostOpen } = this.#fittingOf(job.demand);
    return mostOpen > 0 && Math.min(job.processors, most) <= mostOpen;
  }

  /** The open workers that fit the job. */
  roomsFor(job: QueuedJob): readonly WorkerRoom[] {
    return this.#fittingOf(job.demand).open;
  }

  /** Of the workers on which the job could start now the one that it prefers, else the one with the most free processors; `except` is none of them. */
  bestFor(job: QueuedJob, except?: WorkerRoom): WorkerRoom | undefined {
    const { most, open } = this.#fittingOf(job.demand);
    const needed = Math.min(job.processors, most);
    if (needed > this.#mostUsable) return undefined;
    let best: WorkerRoom | undefined;
    for (const room of open) {
      if (room === except || room.usable < needed) continue;
      if (isPreferred(room, job)) return room;
      if (room.free > (best?.free ?? 0)) best = room;
    }
    return best;
  }

  /**
   * Keeps processors for a job that fits nowhere now, on the worker where it can start soonest. Where no limit tells when that is, it
   * stays with the one of the last choice, or what has become free there would be given away again; else with the freest.
   */
  reserve(job: QueuedJob, kept: Kept | undefined): Reservation<WorkerRoom> | undefined {
    const needed = this.grantTo(job);
    const large = this.roomsFor(job).filter(({ worker }) => worker.processors >= needed);
    const keptOn = kept?.name === job.name ? kept.worker : undefined;
    return large
      .map((room) => new Reservation(job.name, needed, room))
      .reduce<Reservation<WorkerRoom> | undefined>(
        (best, other) => (best === undefined || isBetter(other, best, keptOn) ? other : best),
        undefined,
      );
  }

  /** Takes the job in, as one that starts now on that worker and runs to its limit. */
  start(job: QueuedJob, room: WorkerRoom | undefined, aheadOf: string | undefined): void {
    const processors = this.grantTo(job);
    room?.start(processors, job.timeLimitSeconds, this.#expectedRun(job));
    this.#running += 1;
    this.#noteUsable();
    this.usage.add({ owner: job.owner, processors, aheadOf });
  }

  /** The worker of that name; undefined where there is none. */
  roomOf(name: string): WorkerRoom | undefined {
    return this.#rooms.find(({ worker }) => worker.name === name);
  }

  /** Lets time pass until the next job is expected to end, and frees what it holds; gives the seconds, undefined where no end can be told. */
  letNextEnd(): number | undefined {
    const seconds = Math.min(...this.#rooms.map((room) => room.untilNextEnd));
    if (!Number.isFinite(seconds)) return undefined;
    const before = this.#occupied;
    for (const room of this.#rooms) room.pass(seconds);
    this.#running -= before - this.#occupied;
    this.#noteUsable();
    return seconds;
  }

  /** One job at a time knows no fair share: whenever one may start, nobody has a processor in use. */
  get isFair(): boolean {
    return this.#rules.fairShare && !this.isBlocking;
  }

  get isBlocking(): boolean {
    return this.#rules.launchType === "blocking";
  }

  #noteUsable(): void {
    const isTaken = this.isBlocking && this.#running > 0;
    this.#mostUsable = isTaken ? 0 : Math.max(0, ...this.#open.map((room) => room.usable));
  }

  get #occupied(): number {
    return this.#rooms.reduce((sum, { occupied }) => sum + occupied.length, 0);
  }

  #fittingOf(demand: Demand | undefined): Fitting {
    if (demand === undefined) return this.#anywhere;
    const known = this.#fitting.get(demand.key);
    if (known !== undefined) return known;
    const fitting = fittingOf(this.#rooms.filter(({ worker }) => fits(demand, worker)));
    this.#fitting.set(demand.key, fitting);
    return fitting;
  }
}

function isPreferred({ worker }: WorkerRoom, { prefers }: QueuedJob): boolean {
  return prefers !== undefined && worker.name.toLowerCase() === prefers.toLowerCase();
}

function fittingOf(rooms: readonly WorkerRoom[]): Fitting {
  const open = rooms.filter(({ worker }) => worker.closed === undefined);
  return { most: Math.max(1, mostOf(rooms)), open, mostOpen: mostOf(open) };
}

function mostOf(rooms: readonly WorkerRoom[]): number {
  return Math.max(0, ...rooms.map(({ worker }) => worker.processors));
}

function runsOf({ name }: Worker, busy: readonly BusySlot[]): BusySlot[] {
  return busy.filter((slot) => slot.worker === name);
}

/** By code units: the same on every machine, whatever its language. */
function compareNames(left: Worker, right: Worker): number {
  return left.name < right.name ? -1 : 1;
}

function isBetter(
  other: Reservation<WorkerRoom>,
  best: Reservation<WorkerRoom>,
  keptOn: string | undefined,
): boolean {
  if (other.startSeconds !== best.startSeconds) return other.startSeconds < best.startSeconds;
  if (best.room.worker.name === keptOn) return false;
  return other.room.worker.name === keptOn || other.room.free > best.room.free;
}
