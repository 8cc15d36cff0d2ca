import type { FoundJob } from "../app/find-job.ts";
import type { Queue } from "../app/queue.ts";
import { progressOf } from "../app/queue-view.ts";
import { type TrackedJob, type WaitOptions, waitForEnd } from "../app/wait-for-end.ts";
import type { EndedJob } from "../job/job.ts";
import { describeProgress } from "../job/progress.ts";
import type { PublishedStatus } from "../job/published-status.ts";
import type { Layout } from "../queue/layout.ts";
import { formatDuration, formatKnownDuration } from "../text/duration.ts";
import { escapeControls } from "../text/escape.ts";
import type { Session } from "./session.ts";
import { note, type Sink } from "./terminal/output.ts";
import { cutToWidth } from "./terminal/text-width.ts";
import { secondsSince } from "./terminal/times.ts";

/** A wait of which a terminal tells; a follower of the log tells what runs itself. */
interface WaitInSightOptions extends Pick<WaitOptions, "timeoutSeconds" | "onLook"> {
  readonly shows?: "waiting" | "waiting and running";
}

/** As {@link waitForEnd}; on a terminal one line of stderr meanwhile tells what the job does. */
export async function waitInSight(
  session: Session,
  queue: Queue,
  job: TrackedJob,
  { shows = "waiting and running", onLook, ...options }: WaitInSightOptions = {},
): Promise<EndedJob> {
  const line = new StandingLine(session.io.stderr);
  const canRedraw = session.io.stderr.isTTY && session.io.env["TERM"] !== "dumb";
  try {
    return await waitForEnd(queue, session.services, job, {
      ...options,
      signal: session.io.interruption(),
      onLook: async (found, status) => {
        const isShown = found?.stage === "queue" || shows === "waiting and running";
        if (canRedraw) line.draw(isShown ? describeDoing(found, status, queue.layout) : undefined);
        await onLook?.(found, status);
      },
      onManagerGone: () => {
        line.draw();
        note(session.io, "the manager has stopped; waiting for it to come back");
      },
    });
  } finally {
    line.draw();
  }
}

/** One line about a job: `fit: waiting at place 2 of 5: …`, `fit: running for 2 min, 5 / 10 (50 %)`; undefined where a job neither waits nor runs. */
export function describeDoing(
  found: Pick<FoundJob, "name" | "stage"> | undefined,
  status: PublishedStatus | undefined,
  layout: Layout,
): string | undefined {
  if (found === undefined) return undefined;
  const { name, stage } = found;
  if (stage === "queue") return `${name}: ${describeWaiting(name, status)}`;
  return stage === "running" ? `${name}: ${describeRunning(name, status, layout)}` : undefined;
}

function describeWaiting(name: string, status: PublishedStatus | undefined): string {
  const job = status?.waiting.find((entry) => entry.name === name);
  if (status === undefined || job === undefined) {
    const reason = status?.arriving.find((entry) => entry.name === name)?.reason;
    return reason === undefined ? "arriving" : `arriving: ${reason}`;
  }
  const place = job.rank === 0 ? "" : ` at place ${job.rank} of ${status.waiting.length}`;
  const expected = formatKnownDuration(job.expectedStartSeconds);
  const start = expected === undefined ? "" : `, starts in about ${expected}`;
  return `${job.held ? "held" : "waiting"}${place}${start}: ${job.reason}`;
}

function describeRunning(name: string, status: PublishedStatus | undefined, layout: Layout): string {
  const job = status?.running.find((entry) => entry.name === name);
  const { state = "starting", startedAt, note } = job ?? {};
  const since = startedAt === undefined ? "" : ` for ${formatDuration(Math.floor(secondsSince(startedAt)))}`;
  const progress = progressOf(layout, name);
  const told = [progress === undefined ? undefined : describeProgress(progress), note];
  return [`${state}${state === "running" ? since : ""}`, ...told.filter((text) => text !== undefined)].join(
    ", ",
  );
}

/** One line at the end of what stands on a terminal, redrawn in place. */
class StandingLine {
  readonly #sink: Sink;
  #drawn = "";

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Shows a stranger's text in place of the last one; without one the terminal is left as it was. */
  draw(text = ""): void {
    if (text === this.#drawn) return;
    this.#sink.write(`\r\x1b[2K${cutToWidth(escapeControls(text), this.#sink.columns - 1)}`);
    this.#drawn = text;
  }
}
