import { stateWord } from "../../job/state-words.ts";
import { escapeControls } from "../../text/escape.ts";
import type { EndedAttempt } from "../ended/ended-attempt.ts";
import { type TimeView, timeView } from "./time-view.ts";

/** The page of a job that has no folder. */
export interface AbsentView {
  readonly title: string;
  readonly name: string;
  /** What the history knows of it, newest first. */
  readonly attempts: readonly {
    readonly word: string;
    readonly state: string;
    readonly reason: string;
    readonly finished: TimeView | undefined;
  }[];
}

/** What is left of a job whose folder is gone; no attempts where there never was one. */
export function absentView(name: string, attempts: readonly EndedAttempt[], nowMs: number): AbsentView {
  return {
    title: `No job ${escapeControls(name)} · QueueManager`,
    name: escapeControls(name),
    attempts: attempts.map(({ state, reason, warning, finishedMs }) => ({
      word: stateWord(state, warning !== undefined),
      state,
      reason: escapeControls(reason),
      finished: timeView(finishedMs, nowMs),
    })),
  };
}
