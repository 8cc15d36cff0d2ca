import type { RecordPlace } from "../job/build-record.ts";
import type { EndIntent, Launch } from "../job/launch.ts";
import type { LeftNote } from "../job/left-processes.ts";
import type { RunEvidence } from "../plan/run-state.ts";
import type { Worker } from "../plan/worker.ts";
import type { Attempt } from "../queue/attempts/attempts.ts";

/** The news of one attempt, as its worker tells it. */
export interface AttemptLook {
  readonly evidence: RunEvidence;
  /** Living processes of the job besides its shim; counted only once it is ending or has ended. */
  readonly leftProcesses: number;
  /** The decision to end it, wherever it was taken. */
  readonly end?: EndIntent | undefined;
  /** Seconds since that decision, or since its end was seen while children of it live on; not wall-clock time. */
  readonly endingSeconds?: number | undefined;
  /** The obstacle to its start, in words for people. */
  readonly waitsFor?: string | undefined;
}

/** An attempt that a worker is to carry out. */
export interface Assigned {
  readonly attempt: Attempt;
  /** Absolute path of the job's folder in `QM_Jobs`. */
  readonly jobFolder: string;
}

/** The answer to a request to start an attempt: one that is impossible here has to go back to the queue. */
export type StartAnswer =
  | { readonly kind: "ordered" }
  | { readonly kind: "impossible" | "refused"; readonly why: string };

/** A machine that runs attempts, as the manager knows it. */
export interface WorkerPort {
  /** As the records of its jobs name it. */
  readonly place: RecordPlace;
  /** All that the plan goes by. */
  offer(): Worker;
  /** The news of each of these attempts, in their order. Throws where that cannot be told whole. */
  look(attempts: readonly Attempt[]): AttemptLook[];
  /** The part of a new launch that it decides on. `launches` are those that hold processors. */
  grant(processors: number, launches: readonly Launch[]): Pick<Launch, "processorIds" | "remote">;
  /**
   * Has an attempt started; repeated it changes nothing. Throws what the file system throws.
   * @param prepare gets the job's folder ready; called where nothing stands in the way
   */
  start(assigned: Assigned, prepare: () => void): StartAnswer;
  /** True once nothing can start the attempt any more; false where it has started. Throws what the file system throws. */
  takeBack(attempt: Attempt): boolean;
  /** Asks what of the job is still alive to end, once, or kills it; tells why it could not, if so. */
  signal(attempt: Attempt, signal: "TERM" | "KILL"): string | undefined;
  /** Lets a supervisor go on that somebody, the job itself perhaps, has stopped: it alone can write down the job's end. */
  continueSupervisor(attempt: Attempt): void;
  /** True where something of the job is found alive by another look, which finds what was just leaving the tree at the one before. */
  stillLives(attempt: Attempt): boolean;
  /** The processes that were ended behind a command that had ended by itself. Throws where its note is there and cannot be read. */
  leftNote(attempt: Attempt): LeftNote | undefined;
  /** The most memory that the job was seen to hold, in bytes; undefined where it ended before it could be looked at. */
  peakBytes(attempt: Attempt): number | undefined;
  /** Forgets an attempt that has been accounted for. */
  forget(attempt: Attempt): void;
}
