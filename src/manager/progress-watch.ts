import { type OpenLog, readTail } from "../disk/safe-read.ts";
import { type Progress, readProgress, secondsLeft } from "../job/progress.ts";
import { readOwnLog } from "../queue/files/job-log.ts";
import { JOB_FILES } from "../queue/layout.ts";
import { tryOr } from "../text/try-or.ts";
import type { ObservedRun } from "./run-scan.ts";

/** The end of a log that is looked through; as much as the page looks through. */
const TAIL_BYTES = 64 * 1024;
const LOOK_GAP_MS = 2000;
/** Before, nothing in a log tells when a run ends. */
const FIRST_LOOK_SECONDS = 1;
/** Time for the logs within a pass; the others' turn comes in the next ones. */
const BUDGET_MS = 5;
/** A run whose end is expected elsewhere by less than this is no news. */
const NEWS_SECONDS = 2;
const NEWS_SHARE = 0.05;

interface Watched {
  readonly lookedMs: number;
  readonly logBytes: number;
  readonly progress: Progress | undefined;
  /** The time when the run is expected to end, on the monotonic clock; undefined where its log does not tell. */
  readonly endsMs: number | undefined;
}

/** Tells when running jobs will end by the progress in their logs, looked at every few seconds and a little at a time. */
export class ProgressWatch {
  #watched = new Map<string, Watched>();
  /** Grows whenever an end is expected at another time than before. */
  news = 0;

  /** Looks at the logs whose turn it is. */
  look(runs: readonly ObservedRun[], nowMs: number): void {
    const running = runs.filter(
      ({ state }) => state.kind === "running" && state.elapsedSeconds >= FIRST_LOOK_SECONDS,
    );
    this.#keepOnly(new Set(running.map(({ launch }) => launch.runId)));
    const lastLook = ({ launch }: ObservedRun) => this.#watched.get(launch.runId)?.lookedMs ?? -Infinity;
    const due = running.filter((run) => nowMs - lastLook(run) >= LOOK_GAP_MS);
    const until = performance.now() + BUDGET_MS;
    for (const run of due.sort((a, b) => lastLook(a) - lastLook(b))) {
      this.#lookAt(run, nowMs);
      if (performance.now() >= until) return;
    }
  }

  /** Seconds until a run ends, by its progress; 0 where that time has come, undefined where its log does not tell. */
  secondsLeft(runId: string, nowMs: number): number | undefined {
    const endsMs = this.#watched.get(runId)?.endsMs;
    return endsMs === undefined ? undefined : Math.max(0, endsMs - nowMs) / 1000;
  }

  #lookAt({ launch, state, jobFolder }: ObservedRun, nowMs: number): void {
    const before = this.#watched.get(launch.runId);
    const { logBytes, progress } = progressNow(jobFolder, before);
    const elapsed = state.kind === "running" ? state.elapsedSeconds : 0;
    const left = progress === undefined ? undefined : secondsLeft(progress, elapsed);
    const endsMs = left === undefined ? undefined : nowMs + left * 1000;
    const isNews = !isAbout(before?.endsMs, endsMs, nowMs);
    if (isNews) this.news += 1;
    this.#watched.set(launch.runId, {
      lookedMs: nowMs,
      logBytes,
      progress,
      endsMs: isNews ? endsMs : before?.endsMs,
    });
  }

  #keepOnly(runIds: ReadonlySet<string>): void {
    for (const runId of this.#watched.keys()) if (!runIds.has(runId)) this.#watched.delete(runId);
  }
}

function progressNow(jobFolder: string, before: Watched | undefined): Pick<Watched, "logBytes" | "progress"> {
  const now = readOwnLog(jobFolder, JOB_FILES.log, (log) =>
    before?.logBytes === log.size ? before : { logBytes: log.size, progress: readProgress(tailOf(log)) },
  );
  return now ?? { logBytes: 0, progress: undefined };
}

// A log that cannot be read tells nothing, and keeps no pass from its work.
function tailOf(log: OpenLog): string {
  return tryOr(() => readTail(log, TAIL_BYTES).toString("utf8"), "");
}

function isAbout(before: number | undefined, now: number | undefined, nowMs: number): boolean {
  if (before === undefined || now === undefined) return before === now;
  const leftSeconds = Math.max(0, now - nowMs) / 1000;
  return Math.abs(now - before) / 1000 <= Math.max(NEWS_SECONDS, NEWS_SHARE * leftSeconds);
}
