import { roughly } from "../job/words.ts";
import { describeInodes } from "../text/inodes.ts";
import { counted, listedFew } from "../text/quantity.ts";
import type { ClosedGate } from "./schedule-input.ts";

/** The room that a worker has for more jobs. */
export interface RoomLeft {
  readonly worker: string;
  /** Processors, never negative. */
  readonly free: number;
  /** Jobs that it runs, where `Max_Jobs` allows no more. */
  readonly maxJobs?: number | undefined;
}

/** The processors that a job needs, and what there is. */
export interface Need {
  readonly needed: number;
  /** The most that one worker has, never negative. */
  readonly free: number;
  /** The room of each worker that fits; absent where one is all there is, and only processors are too few. */
  readonly rooms?: readonly RoomLeft[] | undefined;
}

/** The reason why a waiting job has not started. `ahead` counts the jobs before it. */
export type WaitReason =
  | ClosedGate
  | ({
      readonly kind: "next_in_line";
      /** For so long all others may still pass it; absent where none may, or there is none. */
      readonly passableSeconds?: number | undefined;
    } & Need)
  | ({ readonly kind: "behind_others"; readonly ahead: number } & Need)
  /** Jobs admitted later go first, because their owners use fewer processors. */
  | ({ readonly kind: "fair_share"; readonly ahead: number } & Need)
  /** It would fit, but could keep the job at the head from starting, on the worker that this waits for. */
  | {
      readonly kind: "would_delay";
      readonly ahead: number;
      readonly needed: number;
      readonly head: string;
      /** The worker's name where there are several. */
      readonly on?: string | undefined;
    }
  | { readonly kind: "one_at_a_time"; readonly ahead: number; readonly running: readonly string[] }
  | { readonly kind: "held" }
  /** No worker that is given jobs fits, or is large enough. */
  | { readonly kind: "nowhere"; readonly why: string }
  | { readonly kind: "obstacle"; readonly why: string };

/** The advice about a hold, at the end of its reason. */
export const HOLD_ADVICE = ": take away the file QM_HOLD to release it, or use `qm release`";

/** The advice about a pause, at the end of its reason. */
export const PAUSE_ADVICE = ": take away the file QM_PAUSE to go on, or use `qm resume`";

/** The reason in plain words, for people; names are given as they are, and escaped where they are shown. */
export function describeReason(reason: WaitReason): string {
  switch (reason.kind) {
    case "next_in_line":
      return `first in line: ${describeNeed(reason)}${describePassing(reason.passableSeconds)}`;
    case "behind_others":
      return `${ordinal(reason.ahead + 1)} in line: ${describeNeed(reason)}`;
    case "fair_share":
      return `${ordinal(reason.ahead + 1)} in line: ${describeNeed(reason)}; whoever uses fewer processors goes first`;
    case "would_delay":
      return `${ordinal(reason.ahead + 1)} in line: needs ${counted(reason.needed, "processor")}; must not delay «${reason.head}»${reason.on === undefined ? "" : ` on ${reason.on}`}`;
    case "one_at_a_time":
      return describeTurn(reason.ahead, reason.running);
    case "held":
      return `held${HOLD_ADVICE}`;
    case "obstacle":
    case "nowhere":
      return reason.why;
    case "paused":
    case "low_disk":
    case "low_inodes":
    case "looking_through":
    case "draining":
      return describeGate(reason);
  }
}

/** The reason why nothing starts at all, in plain words. */
export function describeGate(gate: ClosedGate): string {
  switch (gate.kind) {
    case "paused":
      return `the queue is paused${gate.by === undefined ? "" : ` by ${gate.by}`}${PAUSE_ADVICE}`;
    case "low_disk":
      return `low disk: ${megabytes(Math.floor, gate.freeBytes)} free, ${megabytes(Math.ceil, gate.neededBytes)} needed`;
    case "low_inodes":
      return `${describeInodes(gate)}, ${gate.needed} needed; delete small files`;
    case "looking_through":
      return "the manager has just started: it looks through the queue before a job starts";
    case "draining":
      return "the manager is stopping: no job starts until it is started again";
  }
}

function describeNeed({ needed, free, rooms }: Need): string {
  const need = `needs ${counted(needed, "processor")}`;
  return rooms === undefined
    ? `${need}, ${describeFree(free)}`
    : `${need}; ${listedFew(rooms.map(describeRoom))}`;
}

/** The room on a worker, in plain words: `lab1 has 2 free`. */
export function describeRoom({ worker, free, maxJobs }: RoomLeft): string {
  if (maxJobs !== undefined) return `${worker} runs ${counted(maxJobs, "job")}, no more at a time (Max_Jobs)`;
  return `${worker} has ${free === 0 ? "none" : free} free`;
}

function describePassing(seconds: number | undefined): string {
  return seconds === undefined
    ? ""
    : `; smaller jobs may pass it for ${roughly(seconds)} more (Reserve_After)`;
}

function describeFree(free: number): string {
  if (free === 0) return "none is free";
  return free === 1 ? "1 is free" : `${free} are free`;
}

function describeTurn(ahead: number, running: readonly string[]): string {
  if (ahead > 0) return `${ordinal(ahead + 1)} in line: one job runs at a time`;
  const names = running.map((name) => `«${name}»`).join(" and ");
  return `next: one job runs at a time, and ${names} ${running.length === 1 ? "is" : "are"} not done yet`;
}

/** Rounded by the caller, so that "200 MB free, 200 MB needed" is never said. */
function megabytes(round: (value: number) => number, bytes: number): string {
  return `${round(bytes / 1_000_000)} MB`;
}

/** 1st, 2nd, 3rd, 4th, 11th, 21st. */
function ordinal(count: number): string {
  const isTeen = count % 100 >= 11 && count % 100 <= 13;
  const ending = isTeen ? undefined : ["th", "st", "nd", "rd"][count % 10];
  return `${count}${ending ?? "th"}`;
}
