import { QmError } from "../../core/errors.ts";
import { cleanJob, planClean } from "../../folders/clean-job.ts";
import { readInputs } from "../../folders/job-records.ts";
import type { Layout } from "../../folders/layout.ts";
import { moveJob } from "../../folders/move.ts";
import { JOB_REQUESTS } from "../../folders/requests.ts";
import { findJobs, forEachJob } from "../each-job.ts";
import { openExistingQueue } from "../existing-queue.ts";
import type { FoundJob } from "../job-lookup.ts";
import { hasManager } from "../manager-state.ts";
import { note, writeNames } from "../output.ts";
import { request, withdrawRequest } from "../request-job.ts";
import type { Session } from "../session.ts";
import type { AddVerb } from "../verb.ts";

/**
 * `qm redo JOB…`: moves ended jobs back into the queue, as their next attempt; prints their names. With `--clean` what
 * the job wrote is removed first, by the list of what lay there when it started; refused where an input has changed.
 */
export const addRedo: AddVerb = (program, bind) => {
  program
    .command("redo")
    .description("run ended jobs again; the old log is kept as process.1.log")
    .argument("<job...>", "names of finished or lost jobs")
    .option("--clean", "remove what the job wrote: start from its inputs alone")
    .action(bind(redo));
};

async function redo(
  session: Session,
  names: readonly string[],
  { clean }: { readonly clean?: boolean },
): Promise<number> {
  const queue = openExistingQueue(session);
  const found = findJobs(session, queue, names, ["finished", "lost"]);
  const exitCode = await forEachJob(session, found, (job) => {
    if (clean === true) startFromInputs(job);
    writeNames(session.io, [moveBack(queue.layout, job)]);
  });
  if (exitCode === 0 && !hasManager(queue.layout, session.services))
    note(session.io, "no manager runs: the jobs wait until `qm start`");
  return exitCode;
}

function startFromInputs({ folder, name }: FoundJob): void {
  const inputs = readInputs(folder);
  if (inputs === undefined)
    throw new QmError("refused", `it is not known what «${name}» started from`, {
      path: folder,
      mend: "run it again as it lies there with `qm redo`, without --clean",
    });
  const plan = planClean(folder, inputs);
  if (plan.spoiled.length > 0)
    throw new QmError("refused", `inputs of «${name}» have changed since it started: ${list(plan.spoiled)}`, {
      path: folder,
      mend: "submit the original folder again, or use `qm redo` without --clean",
    });
  cleanJob(folder, plan);
}

function list(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).join(", ");
  return paths.length > 5 ? `${shown} and ${paths.length - 5} more` : shown;
}

// What was asked of the last attempt does not count for the next; nothing is being copied, so it is ready at once.
function moveBack(layout: Layout, { folder, name }: FoundJob): string {
  for (const old of [JOB_REQUESTS.kill, JOB_REQUESTS.hold, JOB_REQUESTS.top]) withdrawRequest(folder, old);
  request(folder, JOB_REQUESTS.ready);
  const moved = moveJob(folder, layout.queue, name);
  if (moved.kind === "moved") return moved.name;
  throw new QmError("failed", `«${name}» stays where it is: ${moved.why}`, { path: folder });
}
