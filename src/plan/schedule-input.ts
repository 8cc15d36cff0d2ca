import type { Inodes } from "../text/inodes.ts";
import type { Demand, Worker } from "./worker.ts";

/** A job that lies in the queue, with what the order and the limits need to know of it. */
export interface QueuedJob {
  readonly name: string;
  readonly owner: string;
  /** Command line, by which jobs that took as long before are known. */
  readonly script?: string | undefined;
  /** Processors wanted, 1 or more; lowered to the most that a worker which fits has. */
  readonly processors: number;
  /** The workers that fit; absent where any does. */
  readonly demand?: Demand | undefined;
  /** The name of the worker that it starts on if that has room. */
  readonly prefers?: string | undefined;
  /** Higher goes first. */
  readonly priority: number;
  /** Order of arrival: the smaller was first seen earlier. A job sent to the top has a place below all others. */
  readonly place: number;
  /** A person sent it to the head of its priority: fair share does not hold it back. */
  readonly sentToTop?: boolean;
  readonly timeLimitSeconds?: number | undefined;
  /** The time at which it first was at the head of the order, as `nowMs` counts; absent when it has not been, 0 once processors were kept for it. */
  readonly headSinceMs?: number | undefined;
  readonly held: boolean;
  /** The obstacle to its start just now, in words for people; absent when nothing stands in its way. */
  readonly obstacle?: string;
}

/** A running job, with what it occupies and for how long. */
export interface BusySlot {
  readonly name: string;
  readonly owner: string;
  /** The name of the worker that it runs on. */
  readonly worker: string;
  /** Processors granted. */
  readonly processors: number;
  readonly elapsedSeconds: number;
  readonly timeLimitSeconds?: number | undefined;
  /** Until it is expected to end; absent where nothing but its limit tells. No choice goes by it. */
  readonly expectedSeconds?: number | undefined;
  /**
   * The waiting job it was started ahead of, as its `Start` said. Fair share does not count this slot
   * against that job, or a job could be pushed back by the very jobs that must not delay it.
   */
  readonly aheadOf?: string | undefined;
}

/** The configuration's part in the choice: `launch_type`, `Fair_Share`, `Reserve_After`. */
export interface SchedulingRules {
  readonly launchType: "blocking" | "non-blocking";
  readonly fairShare: boolean;
  /** For so long after a job first was at the head of the order, all others may still pass it. */
  readonly reserveAfterSeconds: number;
}

/** The configuration's part in every decision. */
export interface PlanRules extends SchedulingRules {
  readonly minFreeDiskBytes: number;
  readonly killGraceSeconds: number;
  /** The longest time between two looks at the queue. */
  readonly pollSeconds: number;
  /** `drain`: start nothing more; `kill`: also end what runs. */
  readonly mode: "run" | "drain" | "kill";
  /** Whoever asked for that, as far as it is known. */
  readonly stoppedBy?: string | undefined;
}

/** Whatever keeps the whole queue from starting anything. */
export type ClosedGate =
  | { readonly kind: "paused"; readonly by?: string }
  | { readonly kind: "low_disk"; readonly freeBytes: number; readonly neededBytes: number }
  | ({ readonly kind: "low_inodes" } & Inodes)
  | { readonly kind: "looking_through" }
  | { readonly kind: "draining" };

/** The gate through which all jobs start; only an open gate lets one through. */
export type Gate = { readonly kind: "open" } | ClosedGate;

/** A job that processors are kept for, and the worker that they are kept on. */
export interface Kept {
  readonly name: string;
  readonly worker: string;
}

/** Everything the choice depends on; the order of the lists does not matter. */
export interface ScheduleInput {
  readonly workers: readonly Worker[];
  readonly waiting: readonly QueuedJob[];
  readonly busy: readonly BusySlot[];
  readonly rules: SchedulingRules;
  readonly gate: Gate;
  /** The time in milliseconds by a clock that goes on evenly; over a restart alone it may step. */
  readonly nowMs: number;
  /** The job for which an earlier choice kept processors free: at the head once, it stays there, whoever ends meanwhile. */
  readonly keptFor?: Kept | undefined;
}
