import type { Progress } from "../../core/progress.ts";
import { roughly } from "./time-view.ts";

/** How far a job is, as a bar and in words. */
export interface ProgressView {
  /** 0 to 100. */
  readonly percent: number;
  /** ` 3 / 10`, or the percentage. */
  readonly text: string;
  /** When it may be at its end: `about 4 min left`; empty while that cannot be told. */
  readonly left: string;
}

/** A progress as shown; the time left assumes that it goes on as it went. */
export function progressView(
  progress: Progress | undefined,
  startedAt: string | undefined,
  nowMs: number,
): ProgressView | undefined {
  if (progress === undefined) return undefined;
  const percent = Math.floor(progress.fraction * 100);
  const text = progress.total === undefined ? `${percent} %` : `${progress.done} / ${progress.total}`;
  const elapsed =
    progress.elapsedSeconds ?? (startedAt === undefined ? 0 : (nowMs - Date.parse(startedAt)) / 1000);
  return { percent, text, left: timeLeft(progress.fraction, elapsed) };
}

function timeLeft(fraction: number, elapsedSeconds: number): string {
  if (fraction <= 0 || fraction >= 1 || elapsedSeconds <= 0) return "";
  return `${roughly((elapsedSeconds * (1 - fraction)) / fraction)} left`;
}
