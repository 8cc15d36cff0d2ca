import type { JobRecord } from "../../src/job/record.ts";
import { told as nameOf } from "./audit-places.ts";
import { type Evidence, linesByJob } from "./evidence.ts";
import { groupBy } from "./groups.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { Told } from "./told.ts";

type Entry = Readonly<LedgerEntry>;

/** No run started twice, none was told of twice or not at all, and what the history calls it is what it was. */
export function auditRuns(evidence: Evidence): string[] {
  const { told, history, jobs } = evidence;
  const starts = told.filter(({ word }) => word === "start");
  const known = new Set(history.map(({ runId }) => runId));
  const lines = linesByJob(evidence);
  const runs = groupBy(told, ({ runId }) => runId);
  return [
    ...repeated(starts, ({ runId }) => runId, "started more than once: run"),
    ...repeated(starts, ({ id, attempt }) => `${id}.${attempt}`, "started more than once: attempt"),
    ...repeated(history, ({ runId }) => runId, "has more than one line in the history: run"),
    ...starts
      .filter(({ runId }) => !known.has(runId))
      .map(({ id, runId }) => `run ${runId} of job ${id} started, and the history does not know it`),
    ...jobs.flatMap((job) =>
      (lines.get(job.id) ?? []).flatMap((line) => judge(job, line, runs.get(line.runId) ?? [])),
    ),
  ];
}

function repeated<T>(all: readonly T[], key: (one: T) => string, what: string): string[] {
  return [...groupBy(all, key)].flatMap(([name, group]) =>
    group.length > 1 ? [`${what} ${name}, ${group.length} times`] : [],
  );
}

function judge(job: Entry, line: JobRecord, told: readonly Told[]): string[] {
  const why = wrongWith(job, line, told);
  return why === undefined ? [] : [`${nameOf(job)} is called ${line.state} (run ${line.runId}), but ${why}`];
}

/** The reason why a line cannot be right; undefined where it can. */
function wrongWith(job: Entry, line: JobRecord, told: readonly Told[]): string | undefined {
  const isStarted = told.some(({ word }) => word === "start");
  const stop = told.find(({ word }) => word === "stop");
  const stranger = told.find(({ id }) => id !== job.id);
  if (stranger !== undefined) return `it was job ${stranger.id} that ran`;
  switch (line.state) {
    case "done":
    case "failed":
      return wrongWithExit(job, line, isStarted, stop);
    case "killed":
      return job.isKillAsked ? undefined : "nobody asked for it";
    case "timed_out":
      return job.end === "timed_out" ? stoppedAll(stop) : "it has no limit that could strike";
    case "lost":
      if (job.isSupervisorKilled) return undefined;
      return job.end === "lost" ? stoppedAll(stop) : "its supervisor was never killed";
    case "invalid":
      if (isStarted) return "it started";
      return job.end === "invalid" || job.wasHalting ? undefined : "nothing is wrong with it";
    case "running":
      return "that is no end";
  }
}

function wrongWithExit(
  job: Entry,
  line: JobRecord,
  isStarted: boolean,
  stop: Told | undefined,
): string | undefined {
  // A job that was taken for whole too early may have run without its script.
  if (job.wasHalting && !isStarted && line.state === "failed") return undefined;
  const exitCode = job.isMended ? 0 : job.exitCode;
  const due = exitCode === 0 ? "done" : "failed";
  if (!job.isMended && job.end !== "done" && job.end !== "failed") return `it would be ${job.end}`;
  if (line.state !== due || line.exitCode !== exitCode)
    return `it ends with ${exitCode}, not ${line.exitCode}`;
  if (job.isSilent) return undefined;
  if (!isStarted) return "it never started";
  return stop?.exitCode === exitCode ? undefined : "it never came to its end";
}

function stoppedAll(stop: Told | undefined): string | undefined {
  return stop === undefined ? undefined : "it came to its end";
}
