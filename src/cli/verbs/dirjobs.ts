import path from "node:path";
import { DirJob } from "../../dirjobs/dir-job.ts";
import { DirJobs } from "../../dirjobs/dir-jobs.ts";
import { QmError } from "../../text/errors.ts";
import type { AddVerb, Session } from "../session.ts";
import { writeLines } from "../terminal/output.ts";

interface NextOptions {
  readonly dir: string;
  readonly worker: string;
  readonly ext?: string;
  readonly sync?: string;
  readonly sorted?: boolean;
}

/** The exit code of `next` where no job waits. */
const NONE = 3;

/** `qm dirjobs`: own workers, in any language, on the jobs of a plain folder: no queue, no manager, no configuration. */
export const addDirJobs: AddVerb = (program, bind) => {
  const verb = program
    .command("dirjobs")
    .description("share out the jobs of a plain folder among workers of your own, without a manager");
  verb
    .command("next")
    .description(`take a waiting job and print its path (exit code ${NONE}: none waits)`)
    .requiredOption("--dir <dir>", "the folder with 00_waiting, 01_running, 02_done and 99_failed")
    .requiredOption("--worker <name>", "name of this worker, letters and digits: no other may have it")
    .option("--ext <ending>", "ending of the jobs' names, all with '' (.txt unless given)")
    .option("--sync <seconds>", "wait and look who else has taken it: 70 on davfs")
    .option("--sorted", "in the order of the names, not at random")
    .action(bind(next));
  const add = (name: string, description: string, end: (job: DirJob) => string) =>
    verb
      .command(name)
      .description(description)
      .argument("<path>", "path of the job, as `next` has printed it")
      .action(bind((session, given: string) => finish(session, given, end)));
  add("done", "move a job to 02_done and print its new path", (job) => job.done());
  add("failed", "move a job to 99_failed and print its new path", (job) => job.failed());
  add("give-back", "move a job back to 00_waiting and print its new path", (job) => job.giveBack());
};

async function next({ io }: Session, options: NextOptions): Promise<number> {
  const { dir, worker, ext, sync, sorted } = options;
  const jobs = new DirJobs({
    jobsDir: path.resolve(io.cwd, dir),
    workerId: worker,
    random: sorted !== true,
    ...(ext === undefined ? {} : { extension: ext }),
    ...(sync === undefined ? {} : { workerSync: true, syncSeconds: secondsOf(sync) }),
  });
  const job = await jobs.next();
  if (job === undefined) return NONE;
  writeLines(io.stdout, [job.path]);
  return 0;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= 0 && seconds < 86_400) return seconds;
  throw new QmError("usage", `--sync ${text}: is no number of seconds`, { mend: "give one such as 70" });
}

async function finish({ io }: Session, given: string, end: (job: DirJob) => string): Promise<void> {
  writeLines(io.stdout, [end(DirJob.at(path.resolve(io.cwd, given)))]);
}
