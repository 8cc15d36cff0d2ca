import type { Outcome } from "../job/outcome.ts";
import type { EndedChild } from "../job/spread.ts";
import type { Start } from "./start-in-order.ts";

/** One thing for a pass to do. Each can be repeated without harm, and each fails alone. */
export type Action =
  /** An arriving folder is whole: give it its name, read its info file, let it wait or refuse it. */
  | { readonly kind: "admit"; readonly name: string }
  /** A whole folder cannot be moved: begin to copy it in, or let the copy that is made take its place. */
  | { readonly kind: "copy_in"; readonly name: string }
  /** Somebody asked for a job not to run: out of the queue, as killed. */
  | { readonly kind: "withdraw"; readonly name: string }
  /** Put a waiting job before all others of its priority, as somebody asked. */
  | { readonly kind: "send_to_top"; readonly name: string }
  /** Give a waiting job another place, as somebody asked. */
  | { readonly kind: "reassign"; readonly name: string }
  /** Claim a waiting job (write down the launch, move the folder to `QM_Jobs`), then verify and spawn it. */
  | ({ readonly kind: "start" } & Start)
  /** Claim a job that runs on all workers, to have a child of it on each of these. */
  | { readonly kind: "spread"; readonly name: string; readonly workers: readonly string[] }
  /** Take the next step with such a job. */
  | { readonly kind: "tend_spread"; readonly name: string; readonly step: SpreadStep }
  /** Write down that such a job is to end; `by` where nobody has asked for it in its folder. */
  | { readonly kind: "end_spread"; readonly name: string; readonly by?: string }
  /** Account for such a job, whose children have all ended. */
  | { readonly kind: "finish_spread"; readonly name: string; readonly children: readonly EndedChild[] }
  /** Look whether the claimed folder is still the one that was admitted. */
  | { readonly kind: "verify"; readonly name: string }
  /** Get the claimed folder ready and spawn a shim for it. */
  | { readonly kind: "spawn"; readonly name: string }
  /** Make sure that a claimed job never starts, then account for it as killed. */
  | { readonly kind: "cancel"; readonly name: string }
  /** Make sure that a claimed job does not start now, then move it back to the queue. */
  | { readonly kind: "give_back"; readonly name: string }
  /** Forget a claim whose folder is not in `QM_Jobs`: it never started. */
  | { readonly kind: "abandon"; readonly name: string }
  /** Write down that a run is to end, and why. */
  | { readonly kind: "end"; readonly name: string; readonly cause: EndCause }
  /** Let a supervisor go on that somebody has stopped. */
  | { readonly kind: "continue_supervisor"; readonly name: string }
  /** Ask all that is left of a job to end, or kill it. */
  | { readonly kind: "signal"; readonly name: string; readonly signal: "TERM" | "KILL" }
  /** Account for a run whose outcome is known, and move its folder to the ended jobs. */
  | { readonly kind: "finish"; readonly name: string; readonly outcome: Outcome }
  /** Account for a run of which nobody can tell how it ended. */
  | { readonly kind: "lose"; readonly name: string; readonly why: string }
  /** Account for a run whose worker is silent, as a person has asked. */
  | { readonly kind: "give_up"; readonly name: string }
  /** Take a request to give a run up away: its worker is heard of. */
  | { readonly kind: "keep"; readonly name: string }
  /** Account for a folder in `QM_Jobs` of which no record tells, as lost. */
  | { readonly kind: "put_away_unrecorded"; readonly name: string; readonly why: string };

const SHOWN_FAILURES: Readonly<Record<Action["kind"], boolean>> = {
  admit: true,
  copy_in: true,
  withdraw: true,
  // Such a job waits on at its place, for the reason that it had before.
  send_to_top: false,
  reassign: true,
  start: true,
  spread: true,
  tend_spread: true,
  end_spread: true,
  finish_spread: true,
  verify: true,
  spawn: true,
  cancel: true,
  give_back: true,
  abandon: true,
  end: true,
  continue_supervisor: true,
  signal: true,
  finish: true,
  lose: true,
  give_up: true,
  keep: true,
  put_away_unrecorded: true,
};

/** Every kind of action. */
export const ACTION_KINDS = Object.keys(SHOWN_FAILURES) as readonly Action["kind"][];

/** The actions whose failure people are shown with the job, the first that failed before the others. */
export const SHOWN_ACTIONS = ACTION_KINDS.filter((kind) => SHOWN_FAILURES[kind]);

/** The reason why a run is ended: somebody's request in its folder, or a cause the manager knows itself. */
export type EndCause =
  | { readonly kind: "requested" }
  | { readonly kind: "killed"; readonly by: string }
  | { readonly kind: "timed_out" };

/**
 * A step with a claimed job that runs on all workers. `verify`: look whether its folder is still the one that was admitted; `abandon`: forget
 * a claim whose folder is not in `QM_Jobs`; `make_child`: copy the next child, or put it into the queue; `kill_children`: ask for their end.
 */
export type SpreadStep = "verify" | "abandon" | "make_child" | "kill_children";

/** Under which key a failed action is remembered, so that it alone waits for another try. */
export function actionKey(kind: Action["kind"], name: string): string {
  return `${kind}:${name}`;
}

/**
 * The time of the next pass: `at_once` (more can be done), `soon` (only the published status may be out of date), `when_due`
 * (nothing to do before an event or a timer).
 */
export type NextPass = "at_once" | "soon" | "when_due";

/** The result of an action: one that is `unfinished` is gone on with in the next pass, one that is `awaited` once another machine tells more. */
export interface Carried {
  readonly kind: Action["kind"];
  readonly name: string;
  readonly end: "done" | "unfinished" | "awaited" | "refused";
}

/** These change nothing on disk; the processes go on in their own time. */
const SIGNALS: ReadonlySet<Action["kind"]> = new Set(["signal", "continue_supervisor"]);

/** The status apart, a pass that did nothing else leaves nothing to be done. */
const COMPLETE: ReadonlySet<Action["kind"]> = new Set(["start", "finish"]);

const INTAKE: ReadonlySet<Action["kind"]> = new Set(["admit", "copy_in"]);

/** True for what takes a folder in that has arrived. */
export function isIntake({ kind }: Action): boolean {
  return INTAKE.has(kind);
}

/** The names of the runs that have ended, and hold their processors no more. */
export function endedBy(actions: readonly Carried[]): ReadonlySet<string> {
  return new Set(
    actions.flatMap(({ kind, name, end }) => (kind === "finish" && end === "done" ? [name] : [])),
  );
}

/** The time of the pass that follows one in which these actions were carried out. */
export function nextAfter(actions: readonly Carried[]): NextPass {
  const hasGoneOn = ({ kind, end }: Carried) => end !== "refused" && end !== "awaited" && !SIGNALS.has(kind);
  if (!actions.some(hasGoneOn)) return "when_due";
  return actions.every(({ kind, end }) => COMPLETE.has(kind) && end === "done") ? "soon" : "at_once";
}
