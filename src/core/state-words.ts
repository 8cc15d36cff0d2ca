import type { RecordState } from "./record.ts";

/** A job's state as a word; what is not well stands out without colour too. */
export const STATE_WORDS: Record<RecordState, string> = {
  running: "running",
  done: "done",
  failed: "FAILED",
  killed: "KILLED",
  timed_out: "TIMED OUT",
  lost: "LOST",
  invalid: "NOT RUN",
};
