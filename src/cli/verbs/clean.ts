import { act } from "../../app/act.ts";
import { personHere } from "../../app/actor.ts";
import { jobAt } from "../../app/find-job.ts";
import { readEndRecord } from "../../queue/books/job-records.ts";
import { listJobNames } from "../../queue/stages.ts";
import { openExistingQueueToAct } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { note, type ReadingOptions, writeAnswer, writeNames } from "../terminal/output.ts";
import { confirmRemoval, removeEach } from "./act.ts";

interface CleanOptions extends ReadingOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** `qm clean`: deletes the folders of all jobs that are done, as `qm delete` does; `--json`: `{ version: 1, jobs: [{ name }] }`. */
export const addClean: AddVerb = (program, bind) => {
  program
    .command("clean")
    .description("delete the folders of all jobs that are done; failed ones stay (asks on a terminal)")
    .option("-n, --dry-run", "only list them")
    .option("-y, --yes", "do not ask")
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only their names")
    .action(bind(clean));
};

async function clean(session: Session, { dryRun, yes, ...options }: CleanOptions): Promise<number> {
  const { io } = session;
  const { layout } = openExistingQueueToAct(session);
  const jobs = listJobNames(layout.finished)
    .map((name) => jobAt(layout, "finished", name))
    .filter(({ folder }) => readEndRecord(layout, folder)?.state === "done");
  const names = jobs.map(({ name }) => name);
  const isTable = options.json !== true && options.quiet !== true;
  if (jobs.length === 0 && isTable) note(io, "no job that is done lies in QM_dJobs");
  if (dryRun !== true) await confirmRemoval(session, jobs, yes);
  writeAnswer(io, options, {
    json: () => ({ version: 1, jobs: names.map((name) => ({ name })) }),
    names: () => names,
    write: () => (dryRun === true ? writeNames(io, names) : undefined),
  });
  if (dryRun === true) return 0;
  const person = personHere();
  return await removeEach(session, { jobs, exitCode: 0 }, (job) => act(layout, job, "delete", person));
}
