import { Option } from "commander";
import { QmError } from "../../core/errors.ts";
import { describeEnd } from "../describe-end.ts";
import { findJobs } from "../each-job.ts";
import { openExistingQueue } from "../existing-queue.ts";
import { type EndedJob, track, waitForEnd } from "../job-track.ts";
import { exitCodeOf } from "../outcome-code.ts";
import { type ReadingOptions, writeJson, writeNames } from "../output.ts";
import type { Session } from "../session.ts";
import { styleFor } from "../style.ts";
import type { AddVerb } from "../verb.ts";

interface WaitVerbOptions extends ReadingOptions {
  readonly timeout?: number;
}

/**
 * `qm wait JOB…`: until all have ended; prints how. Exit code 0 if all are done, 1 if any is not, 124 after the
 * timeout. `--json`: `{ jobs: [{ name, record? }] }` with records as in `.qm/job.json`.
 */
export const addWait: AddVerb = (program, bind) => {
  program
    .command("wait")
    .description("wait until jobs have ended; the exit code is 0 if all are done")
    .argument("<job...>", "names of jobs")
    .addOption(
      new Option("--timeout <s>", "wait at most so many seconds, then exit with 124").argParser(parseSeconds),
    )
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only the names of the jobs that are not done")
    .action(bind(wait));
};

async function wait(session: Session, names: readonly string[], options: WaitVerbOptions): Promise<number> {
  const { io } = session;
  const queue = openExistingQueue(session);
  const found = findJobs(session, queue, names);
  const tracked = found.jobs.map(({ name, folder }) => track(name, folder));
  const deadlineMs = performance.now() + (options.timeout ?? Number.POSITIVE_INFINITY) * 1000;
  const isPlain = options.json !== true && options.quiet !== true;
  const ended: EndedJob[] = [];
  for (const job of tracked) {
    const timeoutSeconds = Math.max(0, deadlineMs - performance.now()) / 1000;
    const end = await waitForEnd(session, queue, job, { timeoutSeconds });
    if (isPlain) io.stdout.write(`${describeEnd(end, styleFor(io.stdout, io.env))}\n`);
    ended.push(end);
  }
  if (options.json === true) writeJson(io, { jobs: ended });
  else if (options.quiet === true) {
    const notDone = ended.filter((end) => exitCodeOf([end]) !== 0);
    writeNames(
      io,
      notDone.map(({ name }) => name),
    );
  }
  return found.exitCode === 0 ? exitCodeOf(ended) : found.exitCode;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= 0 && seconds < Number.POSITIVE_INFINITY) return seconds;
  throw new QmError("usage", `--timeout is "${text}"; it should be a number of seconds`);
}
