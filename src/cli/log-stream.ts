import fs from "node:fs";
import path from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { Queue } from "../app/queue.ts";
import { type OpenLog, openLogForReading } from "../disk/safe-read.ts";
import type { EndedJob } from "../job/job.ts";
import { startOfLastLines } from "../queue/files/job-log.ts";
import { JOB_FILES } from "../queue/layout.ts";
import { escapeControls } from "../text/escape.ts";
import type { TrackedJob, WaitOptions } from "./job-track.ts";
import type { Session } from "./session.ts";
import type { Sink } from "./terminal/output.ts";
import { waitInSight } from "./wait-in-sight.ts";

const CHUNK_BYTES = 64 * 1024;

/**
 * Writes a log as it grows: unaltered for a program; on a terminal with everything escaped that could steer it, a
 * lone carriage return (a progress bar) shown as a line of its own.
 */
export class LogStream {
  readonly #sink: Sink;
  readonly #decoder = new StringDecoder("utf8");
  #log: OpenLog | undefined;
  #position = 0;
  #endsWithReturn = false;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Writes what has been added to the log at this path; a new log in its place is begun from its start. */
  async copyNew(file: string): Promise<void> {
    await this.#drain();
    const now = openLogForReading(file);
    if (now === undefined) return;
    if (now.identity === this.#log?.identity) {
      fs.closeSync(now.handle);
      return;
    }
    this.close();
    this.#log = now;
    this.#position = 0;
    await this.#drain();
  }

  /** Begins at the last `count` lines instead of at the start; for before the first copy. */
  beginAtLastLines(file: string, count: number): void {
    this.#log = openLogForReading(file);
    if (this.#log !== undefined) this.#position = startOfLastLines(this.#log, count) ?? 0;
  }

  close(): void {
    if (this.#log !== undefined) fs.closeSync(this.#log.handle);
    this.#log = undefined;
  }

  async #drain(): Promise<void> {
    const log = this.#log;
    if (log === undefined) return;
    const bytes = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const count = fs.readSync(log.handle, bytes, 0, bytes.length, this.#position);
      if (count === 0) return;
      this.#position += count;
      const chunk = this.#sink.isTTY
        ? this.#safe(bytes.subarray(0, count))
        : Uint8Array.from(bytes.subarray(0, count));
      if (!this.#sink.write(chunk)) await this.#sink.drained();
    }
  }

  #safe(bytes: Buffer): string {
    const text = (this.#endsWithReturn ? "\r" : "") + this.#decoder.write(bytes);
    this.#endsWithReturn = text.endsWith("\r");
    const whole = this.#endsWithReturn ? text.slice(0, -1) : text;
    return whole
      .replaceAll(/\r+\n?/g, "\n")
      .split(/([\n\t])/)
      .map((part) => (part === "\n" || part === "\t" ? part : escapeControls(part)))
      .join("");
  }
}

/** What a follower of a log may ask for. */
interface FollowOptions extends Pick<WaitOptions, "timeoutSeconds"> {
  /** Begins at the last lines of a log that is there already. */
  readonly begin?: { readonly file: string; readonly lines: number };
}

/** Writes a job's log to stdout while it runs, until the job has ended; before that as `waitInSight`, and throws as that. */
export async function followJob(
  session: Session,
  queue: Queue,
  job: TrackedJob,
  { timeoutSeconds, begin }: FollowOptions = {},
): Promise<EndedJob> {
  const stream = new LogStream(session.io.stdout);
  if (begin !== undefined) stream.beginAtLastLines(begin.file, begin.lines);
  try {
    return await waitInSight(session, queue, job, {
      shows: "waiting",
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      onLook: async (where) => {
        // While it waits its folder may hold the log of an earlier attempt.
        if (where.kind === "here" && where.shelf !== "queue")
          await stream.copyNew(path.join(where.folder, JOB_FILES.log));
      },
    });
  } finally {
    stream.close();
  }
}
