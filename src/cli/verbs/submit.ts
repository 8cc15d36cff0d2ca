import { Option } from "commander";
import { personHere } from "../../app/actor.ts";
import { hasManager } from "../../app/manager-state.ts";
import { processorsInForce } from "../../app/other-configuration.ts";
import type { Queue } from "../../app/queue.ts";
import {
  checkOptions,
  commandSource,
  folderSource,
  type JobSource,
  type SourceRules,
  submitJob,
} from "../../app/submit-job.ts";
import { endJson, exitCodeOf, numberSoon, type TrackedJob } from "../../app/wait-for-end.ts";
import type { InfoKey } from "../../job/info-key.ts";
import type { EndedJob } from "../../job/job.ts";
import type { InfoOptions } from "../../queue/submit/amend-info.ts";
import { QmError } from "../../text/errors.ts";
import { withoutUndefined } from "../../text/without-undefined.ts";
import { describeEnd } from "../describe-end.ts";
import { tryEach } from "../each-job.ts";
import { followJob } from "../log-stream.ts";
import { noteOtherValues, openExistingQueueToAct } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { note, styleFor, writeJson, writeNames } from "../terminal/output.ts";
import { waitInSight } from "../wait-in-sight.ts";

interface SubmitOptions {
  readonly name?: string;
  readonly wait?: boolean;
  readonly follow?: boolean;
  readonly hold?: boolean;
  readonly json?: boolean;
  readonly check: boolean;
}

/** So long a manager has time to take a job in, for its number to be told. */
const NUMBER_PATIENCE_MS = 2000;

/** Keys of the info file that are options too: `nb_proc` is `--nb-proc`. */
const INFO_OPTIONS: readonly (readonly [key: InfoKey, value: string, text: string])[] = [
  ["nb_proc", "<n>", "processors wanted"],
  ["e_mail", "<address>", "who gets the mail"],
  ["owner", "<name>", "whose job it is"],
  ["priority", "<n>", "higher first, default 0"],
  ["time_limit", "<time>", "90 (minutes), 2h30m, 1:30:00"],
  ["info", "<text>", "description"],
  ["size", "<text>", "your own measure of size"],
  ["mail_on", "<when>", "end, fail, start, all or none"],
  ["group", "<word>", "a word by which jobs are found together"],
  ["outlog", "<file>", "file for its output, instead of its log"],
  ["errlog", "<file>", "file for its errors, instead of its log"],
  ["worker", "<names>", "the workers that may run it"],
  ["pool", "<name>", "the pool of workers that may run it"],
  ["needs", "<what>", "what its worker needs: gpu, mem>=64G"],
  ["run_on_all", "", "once on each worker that fits"],
  ["kill_grace", "<s>", "seconds between TERM and KILL"],
];

function optionFlag(key: InfoKey): string {
  return `--${key.replaceAll("_", "-")}`;
}

/**
 * `qm submit FOLDER…` copies folders into the queue; `qm submit -- COMMAND …` makes a folder for a command. Prints the
 * jobs' final names, with `--json` as `{ version: 1, jobs: [{ name, number? }] }`, with `--wait` too as `qm wait --json`. Options such as `--nb-proc` are written into the info file of the copy, in its own format, and
 * read back: the file that the manager reads says what counts, and the original stays as it is.
 */
export const addSubmit: AddVerb = (program, bind) => {
  const command = program
    .command("submit")
    .usage("[options] FOLDER...\n       qm submit [options] -- COMMAND [ARGUMENT...]")
    .description(
      "copy job folders into the queue, or make one for a COMMAND and submit it;\n" +
        "prints the job's final name",
    )
    .argument(
      "[folder...]",
      "job folders; what stands behind -- is a command: several words are taken exactly, one word alone is a line for the shell",
    )
    .option("--name <name>", "the job's name (a free one like it is found where it is taken)")
    .option("--wait", "wait for the end; the exit code is 0 if all are done, of one job that failed its own")
    .option("--follow", "print the log while it runs, and wait (the name then goes to stderr)")
    .option("--hold", "hold it until `qm release`")
    .option("--json", "one JSON value; with --wait it has the jobs' records")
    .option("--no-check", "submit even if the info file is wrong");
  for (const [key, value, text] of INFO_OPTIONS) command.option(`${optionFlag(key)} ${value}`.trim(), text);
  command.action(
    bind(async (session, folders: readonly string[], options: SubmitOptions) =>
      submit(session, splitWords(folders, session.argv), options),
    ),
  );
};

interface Words {
  readonly folders: readonly string[];
  /** The words behind `--`. */
  readonly command: readonly string[] | undefined;
}

// Commander hands over the words before and behind `--` as one list, and drops the `--` itself.
function splitWords(operands: readonly string[], argv: readonly string[]): Words {
  const at = argv.indexOf("--");
  if (at === -1) return { folders: operands, command: undefined };
  const behind = argv.slice(at + 1);
  return { folders: operands.slice(0, operands.length - behind.length), command: behind };
}

async function submit(session: Session, words: Words, options: SubmitOptions): Promise<number> {
  refuseContradictions(words, options);
  const infoOptions = infoOptionsOf(options);
  const queue = openExistingQueueToAct(session);
  noteOtherValues(session, queue);
  const maxProcessors = processorsInForce(queue, session.services);
  const rules = { ...queue, options: infoOptions, maxProcessors, check: options.check };
  const { made: sources, exitCode } = await sourcesOf(session, words, options, rules);
  if (exitCode !== 0) {
    if (sources.length > 0) note(session.io, "nothing was submitted");
    return exitCode;
  }
  const submitted: TrackedJob[] = [];
  for (const source of sources) submitted.push(await submitOne(session, queue, source, options));
  const waits = options.wait === true || options.follow === true;
  const numbered = waits ? [] : await tellNumbers(session, queue, submitted, options);
  const ends = waits ? await awaitAll(session, queue, submitted, options) : [];
  if (options.json === true) {
    const jobs = waits ? ends.map(endJson) : numbered;
    writeJson(session.io, { version: 1, jobs });
  }
  return exitCodeOf(ends);
}

function refuseContradictions({ folders, command }: Words, { name, follow, json }: SubmitOptions): void {
  const count = folders.length + (command === undefined ? 0 : 1);
  if (count === 0) throw new QmError("usage", "there is nothing to submit: give a FOLDER, or -- COMMAND");
  if (command !== undefined && folders.length > 0)
    throw new QmError("usage", "give either folders or -- COMMAND, not both");
  if (name !== undefined && count > 1) throw new QmError("usage", "--name is for one job at a time");
  if (follow === true && json === true)
    throw new QmError("usage", "--json and --follow exclude each other: stdout has the log");
  if (follow === true && count > 1) throw new QmError("usage", "--follow is for one job at a time");
}

function infoOptionsOf(options: SubmitOptions): InfoOptions {
  const given = INFO_OPTIONS.flatMap(([key]) => {
    const value: unknown = Reflect.get(options, new Option(optionFlag(key)).attributeName());
    if (value === true) return [{ key, value: "True" }];
    return typeof value === "string" ? [{ key, value }] : [];
  });
  return checkOptions(given);
}

// The faults of all folders are told before one of them is copied.
async function sourcesOf(
  session: Session,
  { folders, command }: Words,
  { name }: SubmitOptions,
  rules: SourceRules,
): Promise<{ readonly made: readonly JobSource[]; readonly exitCode: number }> {
  if (command !== undefined) return { made: [commandSource(command, name, rules)], exitCode: 0 };
  return await tryEach(session, folders, (folder) => folderSource(session.io.cwd, folder, name, rules));
}

async function submitOne(
  { io }: Session,
  { layout }: Queue,
  source: JobSource,
  { hold, follow, json }: SubmitOptions,
): Promise<TrackedJob> {
  const job = await submitJob(layout, source, personHere(), io.interruption(), hold);
  if (follow === true) note(io, `submitted as ${job.name}`);
  else if (json !== true) writeNames(io, [job.name]);
  for (const text of job.warnings) note(io, `warning: ${text}`);
  return job;
}

/** The jobs with the numbers that the manager gives them, which are told; without these where it takes its time. */
async function tellNumbers(
  { io, services }: Session,
  { layout }: Queue,
  submitted: readonly TrackedJob[],
  { json }: SubmitOptions,
) {
  if (!hasManager(layout, services)) {
    note(io, "no manager runs: the job waits until `qm start`");
    return submitted.map(({ name }) => ({ name }));
  }
  const deadlineMs = performance.now() + NUMBER_PATIENCE_MS;
  const numbered: { readonly name: string; readonly number?: number }[] = [];
  for (const job of submitted) {
    const { name } = job;
    const number = await numberSoon(layout, job, deadlineMs);
    if (number !== undefined && json !== true) note(io, `${name} is job number ${number}`);
    numbered.push(withoutUndefined({ name, number }));
  }
  return numbered;
}

async function awaitAll(
  session: Session,
  queue: Queue,
  submitted: readonly TrackedJob[],
  { follow }: SubmitOptions,
): Promise<EndedJob[]> {
  const { io } = session;
  const wait = follow === true ? followJob : waitInSight;
  const ends: EndedJob[] = [];
  for (const job of submitted) {
    const end = await wait(session, queue, job);
    io.stderr.write(`${describeEnd(end, styleFor(io.stderr, io.env))}\n`);
    ends.push(end);
  }
  return ends;
}
