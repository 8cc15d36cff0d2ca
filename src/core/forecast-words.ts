import { formatDuration } from "./duration.ts";

/** Words for what is expected in so many seconds: `in about 40 min`, `any moment`. */
export function fromNow(seconds: number): string {
  return seconds < 1 ? "any moment" : `in ${roughly(seconds)}`;
}

/** An end that is expected in so many seconds, in words: `about 39 min left`, `may end any moment`. */
export function timeLeft(seconds: number): string {
  return seconds < 1 ? "may end any moment" : `${roughly(seconds)} left`;
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
