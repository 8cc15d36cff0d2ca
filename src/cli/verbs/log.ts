import path from "node:path";
import { type FoundJob, findJob, hasEnded } from "../../app/find-job.ts";
import { endedJobIn } from "../../app/shown-job.ts";
import { exitCodeOf, track } from "../../app/wait-for-end.ts";
import { codeAgainstReading, readLogTail, withRegularFile } from "../../disk/safe-read.ts";
import { JOB_FILES } from "../../queue/layout.ts";
import { QmError } from "../../text/errors.ts";
import { describeEnd } from "../describe-end.ts";
import { followJob, logTo } from "../log-stream.ts";
import { openExistingQueueAnyway } from "../open-queue.ts";
import { countOption } from "../records-filter.ts";
import type { AddVerb, Session } from "../session.ts";
import { styleFor, writeJson } from "../terminal/output.ts";

interface LogOptions {
  readonly json?: boolean;
  readonly follow?: boolean;
  readonly lines?: number;
}

/** More than this is no value for a program to hold. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/**
 * `qm log JOB`: its `process.log`, unaltered for a program, safe on a terminal. With `-f` until the job has ended;
 * the exit code then is that of its outcome, as of `qm wait`. `--json`: `{ version: 1, name, lines: [text], leftOutBytes? }`; of a log
 * beyond 64 MiB the end only, `leftOutBytes` then says how much stands before it.
 */
export const addLog: AddVerb = (program, bind) => {
  program
    .command("log")
    .description("print a job's output and errors")
    .argument("<job>", "name or number of a job")
    .option("-f, --follow", "go on until the job has ended")
    .option("-n, --lines <n>", "only the last lines", countOption("--lines"))
    .option("--json", "one JSON value")
    .action(bind(log));
};

async function log(
  session: Session,
  name: string,
  { json, follow, lines: count }: LogOptions,
): Promise<number> {
  if (json === true && follow === true)
    throw new QmError("usage", "--json and --follow exclude each other: a value has an end");
  const queue = openExistingQueueAnyway(session);
  const job = findJob(queue.layout, name);
  refuseUnreadable(job);
  if (json === true) printJson(session, job, count);
  else if (follow !== true || hasEnded(job)) await print(session, job, count);
  if (follow !== true) return 0;
  const begin = count === undefined ? undefined : { folder: job.folder, lines: count };
  const end = hasEnded(job)
    ? endedJobIn(queue.layout, job)
    : await followJob(session, queue, track(job), begin);
  const { io } = session;
  io.stderr.write(`${describeEnd(end, styleFor(io.stderr, io.env))}\n`);
  return exitCodeOf([end]);
}

async function print({ io }: Session, job: FoundJob, lines: number | undefined): Promise<void> {
  refuseMissing(job);
  using log = logTo(io.stdout);
  if (lines !== undefined) log.beginAtLastLines(job.folder, lines);
  await log.readNew(job.folder);
}

function printJson({ io }: Session, job: FoundJob, count: number | undefined): void {
  const size = refuseMissing(job);
  const bytes = readLogTail(logOf(job), MAX_JSON_BYTES) ?? Buffer.alloc(0);
  const lines = bytes.toString("utf8").split("\n");
  // The newline that ends the last line begins no other.
  if (lines.at(-1) === "") lines.pop();
  const shown = count === undefined ? lines : lines.slice(-count);
  const leftOutBytes = size - bytes.length;
  const leftOut = count === undefined && leftOutBytes > 0 ? { leftOutBytes } : {};
  writeJson(io, { version: 1, name: job.name, lines: shown, ...leftOut });
}

function logOf({ folder }: FoundJob): string {
  return path.join(folder, JOB_FILES.log);
}

function refuseUnreadable(job: FoundJob): void {
  const file = logOf(job);
  const code = codeAgainstReading(file);
  if (code === undefined) return;
  throw new QmError("failed", `the log of «${job.name}» cannot be read (${code})`, {
    path: file,
    mend: "ask its owner or the manager's user for the right to read it and to enter its folder",
  });
}

/** Gives the log's size in bytes. */
function refuseMissing(job: FoundJob): number {
  const file = logOf(job);
  const bytes = withRegularFile(file, ({ size }) => size);
  if (bytes !== undefined) return bytes;
  const waits = job.stage === "queue";
  throw new QmError("failed", `the job «${job.name}» has no log${waits ? " yet: it is waiting" : ""}`, {
    path: file,
    mend: waits ? "`qm log -f` waits for it" : "`qm show` tells how it ended",
  });
}
