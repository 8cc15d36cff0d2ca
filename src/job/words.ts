import { formatDuration } from "../text/duration.ts";
import { describeRoom } from "../text/inodes.ts";
import { counted } from "../text/quantity.ts";
import type { LiveJob, RunningJob, WaitingJob } from "./job.ts";
import { describeLeft } from "./left-processes.ts";
import { secondsLeft } from "./progress.ts";
import type { PublishedStatus } from "./published-status.ts";
import { describeDestination } from "./reassignment.ts";
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

/** The state of a job that has not ended, as a word. */
export function liveWord(job: LiveJob): string {
  return job.state === "waiting" && job.held ? "held" : job.state;
}

/** The words for jobs by the folder in which they lie. */
export const STAGE_WORDS = {
  queue: "waiting",
  running: "running",
  finished: "finished",
  lost: "lost or not run",
} as const;

/** The word for a job that lies among the ended ones without a record of its end, and its cause. */
export const PUT_AWAY = {
  word: "put away by hand",
  cause: "it has no record of its end: its folder was put here by hand",
} as const;

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

/** The causes of a job's end in plain words, one statement each: the reason or all problems, advice, the warning. */
export function causesOf(record: JobRecord): readonly string[] {
  const { problems, reason, advice } = record;
  return [...(problems ?? [reason]), ...[advice, warningOf(record)].filter((text) => text !== undefined)];
}

/** The cause of an end in brief, for lists: its reason where it is not done, and a warning; empty where all is well. */
export function briefCause(state: RecordState, reason: string, warning: string | undefined): string {
  return [state === "done" ? undefined : reason, warning].filter((text) => text !== undefined).join("; ");
}

/** Words for what is expected in so many seconds: `in about 40 min`, `any moment`. */
export function fromNow(seconds: number): string {
  return seconds < 1 ? "any moment" : `in ${roughly(seconds)}`;
}

/** An end that is expected in so many seconds, in words: `about 39 min left`, `may end any moment`. */
export function timeLeft(seconds: number): string {
  return seconds < 1 ? "may end any moment" : `${roughly(seconds)} left`;
}

/** End of a running job, in words: as the manager expects it, or else by its progress; empty where nothing tells. */
export function expectedEnd(
  { state, expectedEndSeconds, progress, startedAt }: RunningJob,
  nowMs: number,
): string {
  if (state === "ending") return "";
  const elapsed = startedAt === undefined ? 0 : (nowMs - Date.parse(startedAt)) / 1000;
  const byProgress = progress === undefined ? undefined : secondsLeft(progress, elapsed);
  const seconds = expectedEndSeconds ?? byProgress;
  return seconds === undefined ? "" : timeLeft(seconds);
}

/** The reason why a job that has not ended waits, or the obstacle in its way; empty for one that runs well. */
export function reasonOf(job: LiveJob): string {
  return "reason" in job ? job.reason : (job.note ?? "");
}

/** The reason why a job waits, with its expected start and the place that somebody has given it. */
export function fullReason(job: WaitingJob, reason = job.reason): string {
  const { expectedStartSeconds: seconds, reassigned } = job;
  return [
    reason,
    ...(seconds === undefined ? [] : [`expected ${fromNow(seconds)}`]),
    ...(reassigned === undefined ? [] : [`reassigned to ${describeDestination(reassigned)}`]),
  ].join("; ");
}

/** Time without false precision: `about 45 min`. */
export function roughly(seconds: number): string {
  const grain = seconds < 60 ? 1 : seconds < 600 ? 10 : 60;
  return `about ${formatDuration(Math.max(1, Math.round(seconds / grain) * grain))}`;
}

type Headlined = Pick<PublishedStatus, "processors" | "arriving" | "waiting" | "disk" | "idle"> & {
  readonly running: readonly unknown[];
};

/** The state of the whole queue in a few sentences; names in it are not escaped. */
export function headline({ processors, running, waiting, arriving, disk, idle }: Headlined): string {
  const jobs = [
    `${counted(running.length, "job")} running`,
    ...(arriving.length > 0 ? [`${arriving.length} arriving`] : []),
    `${waiting.length} waiting${nextStart(waiting)}`,
  ];
  const sentences = [
    `${processors.busy} of ${counted(processors.max, "processor")} busy: ${jobs.join(", ")}`,
    ...(idle === undefined ? [] : [idle]),
    describeRoom(disk),
  ];
  return `${sentences.join(". ")}.`;
}

/** The job that is expected to start first is named where it is not the first of the line. */
function nextStart(waiting: Headlined["waiting"]): string {
  const startOf = ({ expectedStartSeconds }: Headlined["waiting"][number]) =>
    expectedStartSeconds ?? Infinity;
  const [first] = waiting;
  if (first === undefined) return "";
  const next = waiting.reduce((least, job) => (startOf(job) < startOf(least) ? job : least));
  if (next.expectedStartSeconds === undefined) return "";
  return `, ${next === first ? "the next" : next.name} to start ${fromNow(next.expectedStartSeconds)}`;
}
