import { QmError } from "../core/errors.ts";
import { cleanJob, planClean } from "../folders/clean-job.ts";
import { readInputs } from "../folders/job-records.ts";
import type { Layout } from "../folders/layout.ts";
import { moveJob } from "../folders/move.ts";
import { mendOfRefused, refusedToYou } from "../folders/refused-move.ts";
import { JOB_REQUESTS } from "../folders/requests.ts";
import type { FoundJob } from "./find-job.ts";
import { request, withdrawRequest } from "./request-job.ts";

/**
 * Moves an ended job back into the queue as its next attempt and gives the name it has there. With `clean` what the
 * job wrote is removed first, by the list of what lay there when it started. Throws `refused` where an input has
 * changed or is not known, `failed` where the folder cannot be written or moved.
 */
export function redoJob(layout: Layout, job: FoundJob, { clean }: { readonly clean: boolean }): string {
  if (clean) startFromInputs(job);
  return moveBack(layout, job);
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
  const mend = mendOfRefused(moved.why);
  throw new QmError("failed", `«${name}» stays where it is: ${refusedToYou(moved.why)}`, {
    path: folder,
    ...(mend === undefined ? {} : { mend }),
  });
}
