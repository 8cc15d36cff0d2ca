import { act } from "../../app/act.ts";
import { workerNamed } from "../../app/act-on-worker.ts";
import { personHere } from "../../app/actor.ts";
import { type FoundJob, jobAt } from "../../app/find-job.ts";
import { runAgain, silentWorkerOf, whenGivenUp } from "../../app/give-up.ts";
import { hasManager } from "../../app/manager-state.ts";
import { noManager } from "../../app/other-configuration.ts";
import type { Queue } from "../../app/queue.ts";
import { viewQueue } from "../../app/queue-view.ts";
import type { WorkerStatus } from "../../job/worker-status.ts";
import { removeClaims } from "../../queue/workers/claim.ts";
import { QmError } from "../../text/errors.ts";
import { type FoundJobs, findJobs, forEachJob } from "../each-job.ts";
import { openExistingQueueToAct } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { confirm, note } from "../terminal/output.ts";

interface LostOptions {
  readonly worker?: string;
  readonly again?: boolean;
  readonly machineIsOff?: boolean;
  readonly yes?: boolean;
}

/** A manager takes a request within a pass or two. */
const PATIENCE_MS = 30_000;

/**
 * `qm lost JOB…`: gives up jobs whose worker is silent, which nothing else ever does. They come to rest as lost; with `--again` a fresh
 * copy of their inputs runs, with `--machine-is-off` the same folder goes back to the queue.
 */
export const addLost: AddVerb = (program, bind) => {
  program
    .command("lost")
    .description("give up jobs of a worker that is not heard of (asks on a terminal)")
    .argument("[job...]", "names or numbers of jobs")
    .option("--worker <name>", "all jobs of this worker")
    .option("--again", "run a fresh copy of their inputs, under another name")
    .option("--machine-is-off", "you vouch that nothing of them lives: the same folders go back to the queue")
    .option("-y, --yes", "do not ask")
    .action(bind(lost));
};

async function lost(session: Session, names: readonly string[], options: LostOptions): Promise<number> {
  const queue = openExistingQueueToAct(session);
  refuseUnclear(names, options);
  if (!hasManager(queue.layout, session.services))
    throw noManager(
      queue,
      session.services,
      "no manager runs that could tell whether the worker is heard of",
    );
  const { workers } = viewQueue(queue, session.services);
  const found = await jobsOf(session, queue, names, workers, options);
  const left = found.jobs.filter((job) => !isGivenUp(job, options));
  await confirmLoss(session, left, workers, options);
  return await forEachJob(session, found, async (job) => {
    await giveUp(session, queue, job, options);
  });
}

function refuseUnclear(names: readonly string[], { worker, again, machineIsOff }: LostOptions): void {
  if ((names.length === 0) === (worker === undefined))
    throw new QmError("usage", "name jobs, or a worker with --worker, and not both");
  if (again === true && machineIsOff === true)
    throw new QmError("usage", "--again and --machine-is-off exclude each other", {
      mend: "with --machine-is-off the jobs run again anyway, in their own folders",
    });
}

async function jobsOf(
  session: Session,
  queue: Queue,
  names: readonly string[],
  workers: readonly WorkerStatus[],
  { worker }: LostOptions,
): Promise<FoundJobs> {
  if (worker === undefined) return await findJobs(session, queue, names, ["running", "lost"]);
  const { running } = workerNamed(workers, worker);
  return { jobs: running.map((name) => jobAt(queue.layout, "running", name)), exitCode: 0 };
}

// A job that was given up before can be run again later.
function isGivenUp({ stage }: FoundJob, { again, machineIsOff }: LostOptions): boolean {
  return stage === "lost" && (again === true || machineIsOff === true);
}

async function confirmLoss(
  { io }: Session,
  jobs: readonly FoundJob[],
  workers: readonly WorkerStatus[],
  { machineIsOff, yes }: LostOptions,
): Promise<void> {
  if (jobs.length === 0) return;
  const each = jobs.map((job) => `  ${job.name}, on ${silentWorkerOf(job, workers).name}`);
  const what =
    machineIsOff === true
      ? "Will run again in their own folders. Only if their machines are off, or two may write there at once:"
      : "Will be given up as lost, though they may well be running:";
  await confirm(io, [what, ...each], yes);
}

async function giveUp(session: Session, queue: Queue, job: FoundJob, options: LostOptions): Promise<void> {
  const { io } = session;
  const { again, machineIsOff = false } = options;
  const rests = isGivenUp(job, options) ? job : await whenLost(queue, job, machineIsOff);
  if (machineIsOff) note(io, `back in the queue: ${backInQueue(queue, rests)}`);
  else if (again !== true) note(io, `given up as lost: ${rests.name}`);
  else {
    const { name } = await runAgain(queue.layout, rests, personHere(), io.interruption());
    note(io, `${rests.name} is lost, and runs again as ${name}`);
  }
}

// By the manager, or, where the job was given up before, here.
function backInQueue({ layout }: Queue, job: FoundJob): string {
  if (job.stage !== "lost") return job.name;
  removeClaims(job.folder);
  return act(layout, job, "redo", personHere()).name;
}

async function whenLost({ layout }: Queue, job: FoundJob, machineIsOff: boolean): Promise<FoundJob> {
  act(layout, job, "lost", personHere(), { machineIsOff });
  const rests = await whenGivenUp(layout, job, PATIENCE_MS);
  if (rests !== undefined) return rests;
  throw new QmError("timeout", `the manager has not given «${job.name}» up yet`, {
    mend: "look at it with `qm status`: its worker may have come back",
  });
}
