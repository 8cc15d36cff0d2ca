import { type LeftProcesses, leftProcessesOf, withLeft } from "../core/left-processes.ts";
import { readLeft, writeLeft } from "../folders/attempt-marks.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import { programName } from "../process/program-name.ts";
import type { Context } from "./context.ts";
import { explain } from "./explain.ts";
import type { ObservedRun } from "./run-scan.ts";

/**
 * Notes which processes of a job that has ended by itself are about to be ended. Of one that somebody ends nothing is noted. A
 * disk that does not take the note keeps no process alive: it is kept in memory too.
 */
export function noteLeftRunning(
  { memory, log }: Context,
  { attempt, launch, state }: ObservedRun,
  processes: readonly ProcessIdentity[],
): void {
  if (state.kind !== "exited" || attempt.end !== undefined) return;
  const before = memory.left.get(launch.runId) ?? readLeft(attempt.folder);
  const found = processes.map(({ pid, startTicks }) => ({ pid, startTicks, name: programName(pid) }));
  const note = withLeft(before, found);
  if (note === before) return;
  memory.left.set(launch.runId, note);
  try {
    writeLeft(attempt.folder, note);
  } catch (error) {
    log.warn("processes that a job left could not be noted", { job: launch.name, why: explain(error) });
  }
}

/** The processes that a job has left running and that were ended. Throws where its note is there and cannot be read. */
export function leftRunning(
  { memory }: Context,
  { attempt, launch }: ObservedRun,
): LeftProcesses | undefined {
  const note = memory.left.get(launch.runId) ?? readLeft(attempt.folder);
  return note === undefined ? undefined : leftProcessesOf(note);
}
