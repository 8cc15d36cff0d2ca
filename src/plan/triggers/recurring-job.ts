import type { Occurrence, Timetable } from "./occurrences.ts";
import type { Opening } from "./opening.ts";
import type { Stretch } from "./stretches.ts";

/** A recurring job, with all that the decision about its occurrences goes by. */
export interface RecurringJob {
  readonly name: string;
  /** Absent where its schedule is faulty and no earlier one is known. */
  readonly timetable?: Timetable | undefined;
  /** The texts of schedule and zone: another schedule counts from the edit on. */
  readonly scheduleText: string;
  readonly opening: Opening;
  readonly rules: TriggerRules;
  /** Nothing of its schedule is made. */
  readonly off?: Off | undefined;
  /** An edit of its folder is still being copied: what falls due waits for it. */
  readonly isArriving: boolean;
  /** The number of its occurrences and manual runs that arrive, wait, are held or run. */
  readonly notEnded: number;
  /** A run by hand has been asked for, and is not made yet. */
  readonly wantsManualRun: boolean;
  readonly state: TriggerState;
}

/** The keys of a recurring job by which it is decided. */
interface TriggerRules {
  readonly onMissed: "last" | "all" | "none";
  readonly missedWindowSeconds: number;
  readonly onOverlap: "skip" | "wait" | "also";
}

/** A job that is not to run by its schedule, and the reason for people. */
export interface Off {
  readonly state: "disabled" | "faulty";
  readonly why: string;
}

/** Memory of a recurring job, kept from one decision to the next. A decision may be made again from the same state. */
export interface TriggerState {
  /** Everything due up to then has been made, recorded, or is in this state. At first the time at which the job was first seen. */
  readonly settledMs: number;
  readonly scheduleText: string;
  /** Not recorded yet, as it may grow. */
  readonly stretch?: Stretch;
  readonly pending?: readonly Pending[];
  /** The job was off at the last decision. */
  readonly off?: Off;
  /** The time at which the edit began that is still being copied. */
  readonly editedSinceMs?: number;
}

/** Occurrences from one to another, to be made one after the other, each once nothing of the job is left that has not ended. */
export interface Pending {
  readonly next: Occurrence;
  readonly last: Occurrence;
}

/** The decision about a recurring job. */
export interface JobTriggers {
  readonly name: string;
  /** To be made now, in this order. */
  readonly make: readonly Make[];
  /** To be recorded as not run. */
  readonly record: readonly Stretch[];
  readonly state: TriggerState;
  /** The time of the next decision, if nothing else happens before; absent where none falls due by itself. */
  readonly againMs?: number;
}

/** A job to be copied into the queue under this name. */
export type Make =
  | { readonly kind: "occurrence"; readonly name: string; readonly occurrence: Occurrence }
  | { readonly kind: "manual"; readonly name: string };
