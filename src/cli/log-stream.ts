import { StringDecoder } from "node:string_decoder";
import { GrowingLog } from "../app/follow-log.ts";
import type { Queue } from "../app/queue.ts";
import type { TrackedJob } from "../app/wait-for-end.ts";
import type { EndedJob } from "../job/job.ts";
import { escapeControls } from "../text/escape.ts";
import type { Session } from "./session.ts";
import type { Sink } from "./terminal/output.ts";
import { waitInSight } from "./wait-in-sight.ts";

/**
 * A log that is written as it grows: unaltered for a program; on a terminal with everything escaped that could steer it, a
 * lone carriage return (a progress bar) shown as a line of its own.
 */
export function logTo(sink: Sink): GrowingLog {
  const safe = terminalSafe();
  return new GrowingLog(async (bytes) => {
    if (!sink.write(sink.isTTY ? safe(bytes) : Uint8Array.from(bytes))) await sink.drained();
  });
}

function terminalSafe(): (bytes: Buffer) => string {
  const decoder = new StringDecoder("utf8");
  let endsWithReturn = false;
  return (bytes) => {
    const text = (endsWithReturn ? "\r" : "") + decoder.write(bytes);
    endsWithReturn = text.endsWith("\r");
    const whole = endsWithReturn ? text.slice(0, -1) : text;
    return whole
      .replaceAll(/\r+\n?/g, "\n")
      .split(/([\n\t])/)
      .map((part) => (part === "\n" || part === "\t" ? part : escapeControls(part)))
      .join("");
  };
}

/**
 * Writes a job's log to stdout while it runs, until the job has ended; before that as `waitInSight`, and throws as that.
 * @param begin begins at the last lines of a log that is there already
 */
export async function followJob(
  session: Session,
  queue: Queue,
  job: TrackedJob,
  begin?: { readonly folder: string; readonly lines: number },
): Promise<EndedJob> {
  using log = logTo(session.io.stdout);
  if (begin !== undefined) log.beginAtLastLines(begin.folder, begin.lines);
  return await waitInSight(session, queue, job, {
    shows: "waiting",
    onLook: async (found) => {
      // While it waits its folder may hold the log of an earlier attempt.
      if (found !== undefined && found.stage !== "queue") await log.readNew(found.folder);
    },
  });
}
