import type { JobInfo } from "../job/job-info.ts";
import type { EndIntent, Launch } from "../job/launch.ts";
import type { Reassignment } from "../job/reassignment.ts";
import type { ChildEnd } from "../job/spread.ts";
import type { Room } from "../text/inodes.ts";
import type { Kept } from "./schedule-input.ts";
import type { Readiness } from "./settle.ts";
import type { Worker } from "./worker.ts";

/** Something in the queue folder. */
export type QueueEntry = Stray | Arriving | Waiting;

/** A plain file, a link or the like: left alone and shown. */
export interface Stray {
  readonly kind: "stray";
  readonly name: string;
  /** "a file", "a link" */
  readonly what: string;
  /** The reason why a file that might be a job is left alone, as a sentence. */
  readonly why?: string;
}

/** A folder that may still be being copied, or a plain file that is a job. */
export interface Arriving {
  readonly kind: "arriving";
  readonly name: string;
  readonly bytes: number;
  readonly files: number;
  /** The smaller was first seen earlier; absent where the disk does not show it. */
  readonly place?: number;
  readonly readiness: Readiness;
  readonly killRequested: boolean;
}

/** An admitted job. */
export interface Waiting {
  readonly kind: "waiting";
  readonly name: string;
  readonly number?: number;
  readonly info: JobInfo;
  /** The place that somebody has given it, which `info` has too. */
  readonly reassigned?: Reassignment;
  /** The smaller was first seen earlier; a job sent to the top has one below all others. */
  readonly place: number;
  readonly sentToTop: boolean;
  /** The time at which it first was at the head of the order, as `nowMs` counts; 0 once processors were kept for it. */
  readonly headSinceMs?: number;
  readonly admittedAtMs: number;
  readonly bytes: number;
  readonly files: number;
  readonly held: boolean;
  readonly killRequested: boolean;
  readonly topRequested: boolean;
  readonly reassignRequested: boolean;
}

/**
 * The `start` among the records of an attempt that no shim has started: `none` or one just being written; a `dead` one,
 * which a shim that is gone left incomplete: it proves that nothing ran, and keeps every shim from starting; a `revoked` one:
 * no shim can start any more, as the claim was being taken back.
 */
export type ClaimStart = "none" | "dead" | "revoked";

/** The content of a whole exit record. */
export interface Exited {
  readonly kind: "exited";
  readonly exitCode: number;
  /** "SIGKILL", where the shell's exit code stands for a signal. */
  readonly signal?: string | undefined;
  /** User and system time of the processes that were waited for, in seconds. */
  readonly cpuSeconds?: number | undefined;
  readonly endedAtMs: number;
  /** Seconds since boot, on the clock that nobody sets. */
  readonly endedAtUptimeSeconds?: number | undefined;
}

/** The state of one attempt by its records and the process table. */
export type RunState =
  /** Claimed; no shim has started. */
  | {
      readonly kind: "claimed";
      /** The claimed folder is the one that was admitted. */
      readonly verified: boolean;
      /** A shim has been spawned and may start at any moment, whatever `start` says. */
      readonly shimPending: boolean;
      readonly start: ClaimStart;
    }
  /** The shim lives. */
  | {
      readonly kind: "running";
      readonly elapsedSeconds: number;
      readonly startedAtMs: number;
      /** The command has ended and the shim is writing that down, which a full disk may prevent. */
      readonly endUnwritten: boolean;
      /** A signal has stopped the shim: until it is continued it cannot write down the end. Possible with `endUnwritten` too. */
      readonly supervisorStopped: boolean;
    }
  /** The exit record is there. */
  | (Exited & { readonly startedAtMs: number; readonly ranSeconds: number })
  /** Started, but the shim is gone and left no exit record. */
  | { readonly kind: "vanished"; readonly startedAtMs: number };

/** One attempt that has been claimed and not yet been accounted for. It occupies its processors. */
export interface Run {
  readonly name: string;
  /** The name of the worker that it runs on. */
  readonly worker: string;
  readonly launch: Launch;
  readonly state: RunState;
  /** True where this look has found its folder in `QM_Jobs`. */
  readonly folderPresent: boolean;
  /** For how long no look has found its folder: 0 at the first that does not. */
  readonly missedSeconds: number;
  /** Not asked of one that has ended. */
  readonly killRequested: boolean;
  /** A person gives it up, as its worker is silent; not asked of one that has ended. */
  readonly lossRequested: boolean;
  readonly end?: EndIntent | undefined;
  /** Seconds since the decision to end it, or since its end was seen while children of it live on; not wall-clock time. */
  readonly endingSeconds?: number | undefined;
  /** The obstacle that the worker has met at its start, in words for people. */
  readonly waitsFor?: string | undefined;
  /** Living processes of the job besides the shim; counted only once it is ending or has ended. */
  readonly leftProcesses: number;
}

/** One of the jobs that a job which runs on all workers has in its place. */
export interface Child {
  readonly worker: string;
  /** The name under which it was put into the queue; absent before that. */
  readonly name?: string | undefined;
  /** It lies in the queue or in `QM_Jobs`, and nobody has asked for its end yet. */
  readonly isUntroubled: boolean;
  /** For how long no look has found it, while its end is not known: 0 where it is there. */
  readonly missedSeconds: number;
  readonly end?: ChildEnd | undefined;
}

/** A claimed job that runs on all workers: it is never started itself, and lasts until the last of its children has ended. */
export interface Spread
  extends Pick<Run, "name" | "launch" | "folderPresent" | "missedSeconds" | "killRequested" | "end"> {
  /** The claimed folder is the one that was admitted. */
  readonly verified: boolean;
  readonly children: readonly Child[];
}

/** A folder in `QM_Jobs` of which no record tells. */
export interface Unrecorded {
  readonly name: string;
  /** For how long each look has found it: 0 at the first. */
  readonly seenSeconds: number;
  /** The run that the record in the folder is of; undefined where there is none. */
  readonly runId?: string | undefined;
}

/** Progress of copying a folder in. */
export interface CopyProgress {
  /** Bytes copied so far; undefined while it waits for other copies. */
  readonly bytes: number | undefined;
  /** For how long it has ended, well or not: the folder can be taken, or the reason told. Absent while it goes on. */
  readonly endedSeconds?: number;
}

/** Everything one pass decides on, with the room on the file system of the queue. */
export interface Snapshot extends Room {
  readonly queue: readonly QueueEntry[];
  readonly runs: readonly Run[];
  readonly spreads: readonly Spread[];
  readonly unrecorded: readonly Unrecorded[];
  readonly paused: boolean;
  /** Each folder of the queue has been looked at since the manager started: one that comes earlier may have been missing. */
  readonly isLookedThrough: boolean;
  /** Actions that failed lately, by `kind:name`, with the reason; left alone until their back-off ends. */
  readonly obstacles: ReadonlyMap<string, string>;
  /** Milliseconds since 1970 by a clock that a set wall clock does not disturb while the manager runs. */
  readonly nowMs: number;
  /** The folders that are being copied in, by name. */
  readonly copyIns: ReadonlyMap<string, CopyProgress>;
  /** The job for which the last plan kept processors free, and where. */
  readonly keptFor: Kept | undefined;
  /** The machines that run attempts; each has a name of its own. */
  readonly workers: readonly Worker[];
}
