import path from "node:path";
import type { Queue } from "../app/queue.ts";
import { JOB_FILES } from "../queue/layout.ts";
import type { JobEnd, TrackedJob, WaitOptions } from "./job-track.ts";
import { LogStream } from "./log-stream.ts";
import type { Session } from "./session.ts";
import { waitInSight } from "./wait-in-sight.ts";

/** What a follower of a log may ask for. */
export interface FollowOptions extends Pick<WaitOptions, "timeoutSeconds"> {
  /** Begins at the last lines of a log that is there already. */
  readonly begin?: { readonly file: string; readonly lines: number };
}

/** Writes a job's log to stdout while it runs, until the job has ended; before that as `waitInSight`, and throws as that. */
export async function followJob(
  session: Session,
  queue: Queue,
  job: TrackedJob,
  { timeoutSeconds, begin }: FollowOptions = {},
): Promise<JobEnd> {
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
