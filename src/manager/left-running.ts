import { type LeftProcesses, leftProcessesOf, withLeft } from "../job/left-processes.ts";
import { readLeft, writeLeft } from "../queue/attempts/attempt-marks.ts";
import type { ProcessIdentity } from "../worker/identity.ts";
import { programName } from "../worker/program-name.ts";
import type { Context } from "./context.ts";
import { explain } from "./explain.ts";
import type { ObservedRun } from "./run-scan.ts";

/**
 * Notes which processes of a job that has ended by itself are about to be ended. Of one that somebody ends nothing is noted.
 * Never throws: they stand still meanwhile. What the disk does not take is kept in memory.
 */
export function noteLeftRunning(
  context: Context,
  run: ObservedRun,
  processes: readonly ProcessIdentity[],
): void {
  if (run.state.kind !== "exited" || run.attempt.end !== undefined) return;
  try {
    addToNote(context, run, processes);
  } catch (error) {
    const why = explain(error);
    context.log.warn("processes that a job left could not be noted", { job: run.name, why });
  }
}

function addToNote(
  { memory }: Context,
  { attempt, launch }: ObservedRun,
  processes: readonly ProcessIdentity[],
): void {
  const before = memory.left.get(launch.runId) ?? readLeft(attempt.folder);
  const found = processes.map(({ pid, startTicks }) => ({ pid, startTicks, name: programName(pid) }));
  const note = withLeft(before, found);
  if (note === before) return;
  memory.left.set(launch.runId, note);
  writeLeft(attempt.folder, note);
}

/** The processes that a job has left running and that were ended. Throws where its note is there and cannot be read. */
export function leftRunning(
  { memory }: Context,
  { attempt, launch }: ObservedRun,
): LeftProcesses | undefined {
  const note = memory.left.get(launch.runId) ?? readLeft(attempt.folder);
  return note === undefined ? undefined : leftProcessesOf(note);
}
