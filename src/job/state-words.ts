import { describeLeft } from "./left-processes.ts";
import type { JobRecord, RecordState } from "./record.ts";

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

/** Failure of an ended job: it is not done, and nobody killed it on purpose. */
export function isFailure(state: RecordState): boolean {
  return state !== "done" && state !== "killed";
}

/** The state's word, with a sign beside it where a job that is done may not have done all of its work. */
export function stateWord(state: RecordState, hasWarning: boolean): string {
  return state === "done" && hasWarning ? `${STATE_WORDS.done} (warning)` : STATE_WORDS[state];
}

/** As {@link stateWord}, of a record. */
export function wordOf({ state, leftProcesses }: Pick<JobRecord, "state" | "leftProcesses">): string {
  return stateWord(state, leftProcesses !== undefined);
}

/** A warning about an end beside its reason; undefined where there is nothing. */
export function warningOf({ leftProcesses }: Pick<JobRecord, "leftProcesses">): string | undefined {
  return leftProcesses === undefined ? undefined : describeLeft(leftProcesses);
}

/** Why a job ended, in plain words, one statement each: the reason or all problems, advice, the warning. */
export function causesOf(record: JobRecord): readonly string[] {
  const { problems, reason, advice } = record;
  return [...(problems ?? [reason]), ...[advice, warningOf(record)].filter((text) => text !== undefined)];
}
