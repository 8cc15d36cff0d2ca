import { findGoneJob, findJob } from "../../app/find-job.ts";
import type { Queue } from "../../app/queue.ts";
import { endJson, exitCodeOf, type TrackedJob, track } from "../../app/wait-for-end.ts";
import { type EndedJob, endedJob } from "../../job/job.ts";
import { QmError } from "../../text/errors.ts";
import { describeEnd } from "../describe-end.ts";
import { tryEach } from "../each-job.ts";
import { openExistingQueueAnyway } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { type ReadingOptions, styleFor, writeAnswer } from "../terminal/output.ts";
import { waitInSight } from "../wait-in-sight.ts";

interface WaitVerbOptions extends ReadingOptions {
  readonly timeout?: number;
}

/**
 * `qm wait JOB…`: until all have ended; prints how. Exit code 0 if all are done, else 1, of one job that failed its own; 124
 * after the timeout. Of a job whose folder is gone the history tells. `--json`: `{ version: 1, jobs: [{ name, record?, putAway?:
 * true }] }` with records as in `.qm/job.json`, or nothing where the exit code is the command's own; `putAway`: moved by hand, how it ended is not known.
 */
export const addWait: AddVerb = (program, bind) => {
  program
    .command("wait")
    .description(
      "wait until jobs have ended; the exit code is 0 if all are done, of one job that failed its own",
    )
    .argument("<job...>", "names or numbers of jobs")
    .option("--timeout <s>", "wait at most so many seconds, then exit with 124", parseSeconds)
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only the names of the jobs that are not done")
    .action(bind(wait));
};

async function wait(session: Session, names: readonly string[], options: WaitVerbOptions): Promise<number> {
  const { io } = session;
  const queue = openExistingQueueAnyway(session);
  const { made, exitCode } = await tryEach(session, names, (name) => findTarget(queue, name));
  const deadlineMs = performance.now() + (options.timeout ?? Number.POSITIVE_INFINITY) * 1000;
  const ends: EndedJob[] = [];
  for (const target of made.filter(isFirst)) {
    const timeoutSeconds = Math.max(0, deadlineMs - performance.now()) / 1000;
    const end =
      target.kind === "gone" ? target.end : await waitInSight(session, queue, target.job, { timeoutSeconds });
    if (options.json !== true && options.quiet !== true)
      io.stdout.write(`${describeEnd(end, styleFor(io.stdout, io.env))}\n`);
    ends.push(end);
  }
  writeAnswer(io, options, {
    json: () => ({ version: 1, jobs: ends.map(endJson) }),
    names: () => ends.filter((end) => exitCodeOf([end]) !== 0).map(({ name }) => name),
    write: () => undefined,
  });
  return exitCode === 0 ? exitCodeOf(ends) : exitCode;
}

/** A job to be waited for, or one whose folder is gone but whose end the history knows; the key is its own alone. */
type Target =
  | { readonly kind: "here"; readonly key: string; readonly job: TrackedJob }
  | { readonly kind: "gone"; readonly key: string; readonly end: EndedJob };

function findTarget({ layout }: Queue, given: string): Target {
  const record = findGoneJob(layout, given);
  if (record !== undefined) return { kind: "gone", key: record.runId, end: endedJob(record.name, record) };
  const job = findJob(layout, given);
  return { kind: "here", key: job.folder, job: track(job) };
}

function isFirst({ key }: Target, at: number, all: readonly Target[]): boolean {
  return all.findIndex((other) => other.key === key) === at;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= 0 && seconds < Number.POSITIVE_INFINITY) return seconds;
  throw new QmError("usage", `--timeout is "${text}"; it should be a number of seconds`);
}
