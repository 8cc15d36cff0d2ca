import path from "node:path";
import { type FoundJob, findJob, hasEnded } from "../../app/find-job.ts";
import type { Queue } from "../../app/queue.ts";
import { endedJobIn } from "../../app/shown-job.ts";
import { codeAgainstReading, readLogTail, withRegularFile } from "../../disk/safe-read.ts";
import { JOB_FILES } from "../../queue/layout.ts";
import { QmError } from "../../text/errors.ts";
import { describeEnd, exitCodeOf } from "../describe-end.ts";
import { openExistingQueueAnyway } from "../existing-queue.ts";
import { track } from "../job-track.ts";
import { followJob, LogStream } from "../log-stream.ts";
import { countOption } from "../records-filter.ts";
import type { Session } from "../session.ts";
import { styleFor, writeJson } from "../terminal/output.ts";
import type { AddVerb } from "../verb.ts";

interface LogOptions {
  readonly json?: boolean;
  readonly follow?: boolean;
  readonly lines?: string;
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
    .argument("<job>", "name of a job")
    .option("-f, --follow", "go on until the job has ended")
    .option("-n, --lines <n>", "only the last lines")
    .option("--json", "one JSON value")
    .action(bind(log));
};

async function log(session: Session, name: string, { json, follow, lines }: LogOptions): Promise<number> {
  if (json === true && follow === true)
    throw new QmError("usage", "--json and --follow exclude each other: a value has an end");
  const queue = openExistingQueueAnyway(session);
  const job = findJob(queue.layout, name);
  const count = lines === undefined ? undefined : countOption("--lines", lines);
  const file = path.join(job.folder, JOB_FILES.log);
  refuseUnreadable(job, file);
  if (json === true) return printJson(session, job, count);
  const begin = count === undefined ? {} : { begin: { file, lines: count } };
  if (follow !== true) return await print(session, job, count);
  const end = hasEnded(job)
    ? await printEnded(session, queue, job, count)
    : await followJob(session, queue, track(job.name, job.folder), begin);
  const { io } = session;
  io.stderr.write(`${describeEnd(end, styleFor(io.stderr, io.env))}\n`);
  return exitCodeOf([end]);
}

async function print({ io }: Session, job: FoundJob, lines: number | undefined): Promise<number> {
  const file = path.join(job.folder, JOB_FILES.log);
  refuseMissing(job, file);
  const stream = new LogStream(io.stdout);
  if (lines !== undefined) stream.beginAtLastLines(file, lines);
  try {
    await stream.copyNew(file);
  } finally {
    stream.close();
  }
  return 0;
}

async function printEnded(session: Session, queue: Queue, job: FoundJob, lines: number | undefined) {
  await print(session, job, lines);
  return endedJobIn(queue.layout, job);
}

function printJson({ io }: Session, job: FoundJob, count: number | undefined): number {
  const file = path.join(job.folder, JOB_FILES.log);
  const size = refuseMissing(job, file);
  const bytes = readLogTail(file, MAX_JSON_BYTES) ?? Buffer.alloc(0);
  const lines = bytes.toString("utf8").split("\n");
  // The newline that ends the last line begins no other.
  if (lines.at(-1) === "") lines.pop();
  const shown = count === undefined ? lines : lines.slice(-count);
  const leftOutBytes = size - bytes.length;
  const leftOut = count === undefined && leftOutBytes > 0 ? { leftOutBytes } : {};
  writeJson(io, { version: 1, name: job.name, lines: shown, ...leftOut });
  return 0;
}

function refuseUnreadable({ name }: FoundJob, file: string): void {
  const code = codeAgainstReading(file);
  if (code === undefined) return;
  throw new QmError("failed", `the log of «${name}» cannot be read (${code})`, {
    path: file,
    mend: "ask its owner or the manager's user for the right to read it and to enter its folder",
  });
}

/** Gives the log's size in bytes. */
function refuseMissing({ name, shelf }: FoundJob, file: string): number {
  const bytes = withRegularFile(file, ({ size }) => size);
  if (bytes !== undefined) return bytes;
  const waits = shelf === "queue";
  throw new QmError("failed", `the job «${name}» has no log${waits ? " yet: it is waiting" : ""}`, {
    path: file,
    mend: waits ? "`qm log -f` waits for it" : "`qm show` tells how it ended",
  });
}
