import type { QueueView } from "../../app/queue-view.ts";
import { expectedEnd } from "../../job/forecast-words.ts";

type Run = QueueView["running"][number];
type Running = Pick<Run, "progress" | "startedAt" | "expectedEndSeconds"> & Partial<Pick<Run, "phase">>;

/** How far a job is, as a bar and in words. */
export interface ProgressView {
  /** 0 to 100. */
  readonly percent: number;
  /** ` 3 / 10`, or the percentage. */
  readonly text: string;
  /** When it may be at its end: `about 4 min left`; empty while that cannot be told. */
  readonly left: string;
}

/** A job's progress as shown; undefined where it tells none. */
export function progressView(job: Running, nowMs: number): ProgressView | undefined {
  const { progress } = job;
  if (progress === undefined) return undefined;
  const percent = Math.floor(progress.fraction * 100);
  const text = progress.total === undefined ? `${percent} %` : `${progress.done} / ${progress.total}`;
  return { percent, text, left: expectedEnd(job, nowMs) };
}
