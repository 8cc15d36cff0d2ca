import {
  type Acted,
  type ActionOptions,
  act,
  actOnQueue,
  removeDiscarded,
  stagesFor,
} from "../../app/act.ts";
import { personHere } from "../../app/actor.ts";
import { type FoundJob, hasEnded } from "../../app/find-job.ts";
import { hasManager, managerState } from "../../app/manager-state.ts";
import { noManager } from "../../app/other-configuration.ts";
import type { Queue } from "../../app/queue.ts";
import type { JobAction, QueueAction } from "../../job/actions.ts";
import { STAGE_WORDS } from "../../job/words.ts";
import { STAGES, type Stage } from "../../queue/layout.ts";
import { readRequests } from "../../queue/requests.ts";
import { type FoundJobs, findJobs, forEachJob } from "../each-job.ts";
import { openExistingQueueToAct } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { confirm, note, writeNames } from "../terminal/output.ts";

type Names = readonly string[];

interface Asked {
  readonly yes?: boolean;
}

/**
 * `qm kill`, `hold`, `release`, `top`, `redo` and `delete`: the actions of `job/actions.ts`, each on several jobs. One that
 * cannot be undone is asked for on a terminal first; elsewhere it is done.
 */
export const addActions: AddVerb = (program, bind) => {
  const add = (action: JobAction, jobs: string, description: string) =>
    program.command(action).description(description).argument("<job...>", `names or numbers of ${jobs}`);
  add("kill", "jobs", "kill running jobs, withdraw waiting ones (asks on a terminal)")
    .option("-y, --yes", "do not ask")
    .action(bind(kill));
  add("hold", "waiting jobs", "keep waiting jobs from starting").action(bind(asking("hold", () => "held")));
  add("release", "waiting jobs", "let held jobs start again").action(bind(asking("release", releaseWord)));
  add("top", "waiting jobs", "put waiting jobs before all others of their priority").action(
    bind(asking("top", () => "asked to go first")),
  );
  add("redo", "finished or lost jobs", "run ended jobs again; the old log is kept as process.1.log")
    .option("--clean", "remove what the job wrote: start from its inputs alone")
    .action(bind(redo));
  add("delete", "finished or lost jobs", "delete the folders of ended jobs for good (asks on a terminal)")
    .option("-y, --yes", "do not ask")
    .action(bind(remove));
};

type Perform = (job: FoundJob, options?: ActionOptions) => Acted;

async function begin(session: Session, names: Names, action: JobAction, more: readonly Stage[] = []) {
  const queue = openExistingQueueToAct(session);
  const person = personHere();
  return {
    queue,
    found: await findJobs(session, queue, names, [...stagesFor(action), ...more]),
    perform: (job: FoundJob, options?: ActionOptions) => act(queue.layout, job, action, person, options),
  };
}

/** Without a manager the requests stay for the next one: exit code 5. */
async function kill(session: Session, names: Names, { yes }: Asked): Promise<number> {
  const { queue, found, perform } = await begin(session, names, "kill");
  if (found.jobs.length === 0) return found.exitCode;
  const touched = found.jobs.map(({ name, stage }) => `${name} (${STAGE_WORDS[stage]})`);
  await confirm(session.io, [`Will be killed: ${touched.join(", ")}`], yes);
  const stuck = stuckArrivals(queue, session);
  const exitCode = await forEachJob(session, found, (job) => {
    const { name } = perform(job);
    const why = stuck.get(name);
    note(
      session.io,
      `asked to end: ${name}${why === undefined ? "" : `, once the manager can take it: ${why}`}`,
    );
  });
  if (exitCode === 0 && !hasManager(queue.layout, session.services))
    throw noManager(queue, session.services, "no manager runs; the next one will end what was asked for");
  return exitCode;
}

/** The reasons why the manager cannot take folders that arrive, by their names. */
function stuckArrivals({ layout }: Queue, { services }: Session): ReadonlyMap<string, string> {
  const manager = managerState(layout, services);
  const arriving = manager.kind === "alive" ? manager.status.arriving : [];
  return new Map(arriving.filter(({ stuck }) => stuck).map(({ name, reason }) => [name, reason]));
}

/** @param tell gives what is told of a job, before it is acted on */
function asking(action: "hold" | "release" | "top", tell: (job: FoundJob) => string) {
  return async (session: Session, names: Names): Promise<number> => {
    const { queue, found, perform } = await begin(session, names, action);
    const exitCode = await forEachJob(session, found, (job) => {
      const told = tell(job);
      perform(job);
      note(session.io, `${told}: ${job.name}`);
    });
    if (found.jobs.length > 0 && !hasManager(queue.layout, session.services))
      note(session.io, "no manager runs: the next one will see it");
    return exitCode;
  };
}

function releaseWord({ folder }: FoundJob): string {
  return readRequests(folder).hold ? "released" : "not held";
}

/** Prints the names that the jobs have in the queue. */
async function redo(
  session: Session,
  names: Names,
  { clean }: { readonly clean?: boolean },
): Promise<number> {
  const { queue, found, perform } = await begin(session, names, "redo");
  const exitCode = await forEachJob(session, found, (job) => {
    writeNames(session.io, [perform(job, { clean }).name]);
  });
  if (exitCode === 0 && !hasManager(queue.layout, session.services))
    note(session.io, "no manager runs: the jobs wait until `qm start`");
  return exitCode;
}

/** The jobs' lines in the history stay. */
async function remove(session: Session, names: Names, { yes }: Asked): Promise<number> {
  // An ended job comes before a newcomer of the same name that is still to get another.
  const { found, perform } = await begin(session, names, "delete", STAGES);
  await confirmRemoval(session, found.jobs.filter(hasEnded), yes);
  return await removeEach(session, found, perform);
}

/** Says which folders of ended jobs will be deleted, and asks on a terminal. Throws as {@link confirm}. */
export async function confirmRemoval(
  { io }: Session,
  jobs: readonly FoundJob[],
  yes?: boolean,
): Promise<void> {
  const touched = jobs.map(({ folder }) => `  ${folder}`);
  if (touched.length > 0) await confirm(io, ["Will be deleted, with all that is in them:", ...touched], yes);
}

/** Deletes the folders of ended jobs; gives the exit code. */
export async function removeEach(session: Session, found: FoundJobs, perform: Perform): Promise<number> {
  return await forEachJob(session, found, async (job) => {
    const { trash } = perform(job);
    if (trash !== undefined) await removeDiscarded(job, trash);
    note(session.io, `deleted: ${job.name}`);
  });
}

/** `qm pause` and `qm resume`: no job starts while the file `QM_PAUSE` lies in `QM_FOLDER`. */
export const addPause: AddVerb = (program, bind) => {
  const add = (action: QueueAction, description: string, told: string) =>
    program
      .command(action)
      .description(description)
      .action(
        bind(async (session) => {
          actOnQueue(openExistingQueueToAct(session).layout, action, personHere());
          note(session.io, told);
        }),
      );
  add(
    "pause",
    "start no more jobs until `qm resume`; running ones go on",
    "the queue is paused: running jobs go on, no other starts until `qm resume`",
  );
  add("resume", "let jobs start again after `qm pause`", "the queue goes on");
};
