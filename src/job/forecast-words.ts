import { formatDuration } from "../text/duration.ts";
import { type Progress, secondsLeft } from "./progress.ts";
import type { PublishedStatus } from "./published-status.ts";

/** Words for what is expected in so many seconds: `in about 40 min`, `any moment`. */
export function fromNow(seconds: number): string {
  return seconds < 1 ? "any moment" : `in ${roughly(seconds)}`;
}

/** An end that is expected in so many seconds, in words: `about 39 min left`, `may end any moment`. */
export function timeLeft(seconds: number): string {
  return seconds < 1 ? "may end any moment" : `${roughly(seconds)} left`;
}

type Run = PublishedStatus["running"][number];
type Ending = Pick<Run, "startedAt" | "expectedEndSeconds"> &
  Partial<Pick<Run, "phase">> & {
    readonly progress?: Progress;
  };

/** End of a running job, in words: as the manager expects it, or else by its progress; empty where nothing tells. */
export function expectedEnd(
  { phase, expectedEndSeconds, progress, startedAt }: Ending,
  nowMs: number,
): string {
  if (phase === "ending") return "";
  const elapsed = startedAt === undefined ? 0 : (nowMs - Date.parse(startedAt)) / 1000;
  const byProgress = progress === undefined ? undefined : secondsLeft(progress, elapsed);
  const seconds = expectedEndSeconds ?? byProgress;
  return seconds === undefined ? "" : timeLeft(seconds);
}

/** Why a job waits, with when it is expected to start. */
export function withExpectedStart(reason: string, expectedStartSeconds: number | undefined): string {
  return expectedStartSeconds === undefined ? reason : `${reason}; expected ${fromNow(expectedStartSeconds)}`;
}

/** Time without false precision: `about 45 min`. */
export function roughly(seconds: number): string {
  const grain = seconds < 60 ? 1 : seconds < 600 ? 10 : 60;
  return `about ${formatDuration(Math.max(1, Math.round(seconds / grain) * grain))}`;
}
