import { actOnWorker, workerNamed } from "../../app/act-on-worker.ts";
import { personHere } from "../../app/actor.ts";
import { hasManager } from "../../app/manager-state.ts";
import { noManager } from "../../app/other-configuration.ts";
import { viewQueue } from "../../app/queue-view.ts";
import type { WorkerAction } from "../../job/actions.ts";
import type { WorkerStatus } from "../../job/worker-status.ts";
import { openExistingQueueAnyway, openExistingQueueToAct } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { note, type ReadingOptions, styleFor, writeAnswer, writeLines } from "../terminal/output.ts";
import { shortTable } from "../terminal/table.ts";
import { workerColumns } from "../worker-columns.ts";

/**
 * `qm workers`: the machines that run jobs; `pause`, `resume` and `forget` one.
 * `--json`: `{ version: 1, workers: as in `qm status --json` }`.
 */
export const addWorkers: AddVerb = (program, bind) => {
  const workers = program
    .command("workers")
    .description("show the machines that run jobs: what each offers and runs, why it gets nothing")
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only the names of the workers")
    .action(bind(list));
  const add = (name: string, description: string) =>
    workers.command(name).description(description).argument("<worker>", "name of a worker");
  add("pause", "start no more jobs on a worker until `resume`; running ones go on")
    .option("--note <text>", "why, for those who see it")
    .action(bind(pause));
  add("resume", "let jobs start on a worker again").action(bind(resume));
  add("forget", "forget a worker that is not heard of and has no jobs").action(bind(forget));
};

async function list(session: Session, options: ReadingOptions): Promise<void> {
  const { io } = session;
  const { workers } = viewQueue(openExistingQueueAnyway(session), session.services);
  const columns = workerColumns(styleFor(io.stdout, io.env));
  writeAnswer(io, options, {
    json: () => ({ version: 1, workers }),
    names: () => workers.map(({ name }) => name),
    write: () =>
      workers.length === 0
        ? note(io, "no worker is there: start `qm worker` on a machine that is to run jobs")
        : writeLines(io.stdout, shortTable(workers, columns, io.stdout, "--json or -q lists all")),
  });
}

async function pause(session: Session, given: string, options: { readonly note?: string }): Promise<void> {
  const { name } = act(session, given, "pause_worker", options.note);
  const until = `until \`qm workers resume ${name}\``;
  note(session.io, `${name} is paused: its running jobs go on, no other starts there ${until}`);
}

async function resume(session: Session, given: string): Promise<void> {
  const { name, paused } = act(session, given, "resume_worker");
  note(session.io, paused ? `${name} is no longer paused` : `${name} was not paused`);
}

async function forget(session: Session, given: string): Promise<void> {
  const queue = openExistingQueueToAct(session);
  if (!hasManager(queue.layout, session.services))
    throw noManager(
      queue,
      session.services,
      "no manager runs that could tell whether the worker is heard of",
    );
  note(session.io, `forgotten: ${act(session, given, "forget_worker").name}`);
}

/** Gives the worker as it was. */
function act(session: Session, given: string, action: WorkerAction, why?: string): WorkerStatus {
  const queue = openExistingQueueToAct(session);
  const worker = workerNamed(viewQueue(queue, session.services).workers, given);
  actOnWorker(queue.layout, worker, action, personHere(), why);
  return worker;
}
