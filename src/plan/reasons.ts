import { roughly } from "../job/words.ts";
import { describeInodes } from "../text/inodes.ts";
import { counted } from "../text/quantity.ts";
import type { ClosedGate } from "./schedule-input.ts";

/** The reason why a waiting job has not started. `ahead` counts the jobs before it; `free` is never negative. */
export type WaitReason =
  | ClosedGate
  | {
      readonly kind: "next_in_line";
      readonly needed: number;
      readonly free: number;
      /** For so long all others may still pass it; absent where none may, or there is none. */
      readonly passableSeconds?: number | undefined;
    }
  | {
      readonly kind: "behind_others";
      readonly ahead: number;
      readonly needed: number;
      readonly free: number;
    }
  /** Jobs admitted later go first, because their owners use fewer processors. */
  | { readonly kind: "fair_share"; readonly ahead: number; readonly needed: number; readonly free: number }
  /** It would fit, but could keep the job at the head from starting. */
  | { readonly kind: "would_delay"; readonly ahead: number; readonly needed: number; readonly head: string }
  | { readonly kind: "one_at_a_time"; readonly ahead: number; readonly running: readonly string[] }
  | { readonly kind: "held" }
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
      return `${ordinal(reason.ahead + 1)} in line: needs ${counted(reason.needed, "processor")}; must not delay «${reason.head}»`;
    case "one_at_a_time":
      return describeTurn(reason.ahead, reason.running);
    case "held":
      return `held${HOLD_ADVICE}`;
    case "obstacle":
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

function describeNeed(reason: { readonly needed: number; readonly free: number }): string {
  return `needs ${counted(reason.needed, "processor")}, ${describeFree(reason.free)}`;
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
