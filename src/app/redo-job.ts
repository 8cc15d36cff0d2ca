import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../disk/error-code.ts";
import { atDeepPath, join } from "../disk/held-folder.ts";
import { lastRunEnd } from "../job/record.ts";
import { refusedToYou } from "../queue/access.ts";
import { readInputs, readJobRecord } from "../queue/books/job-records.ts";
import type { Layout } from "../queue/layout.ts";
import { moveJob } from "../queue/move.ts";
import { JOB_REQUESTS } from "../queue/request-files.ts";
import { type CleanPlan, cleanJob, foldersToWriteIn, planClean } from "../queue/submit/clean-job.ts";
import { readClaims } from "../queue/workers/claim.ts";
import { QmError } from "../text/errors.ts";
import { shortPath } from "../text/paths.ts";
import { listedFew } from "../text/quantity.ts";
import { tryOr } from "../text/try-or.ts";
import type { FoundJob } from "./find-job.ts";
import { request, requester, withdrawRequest } from "./request-job.ts";

/**
 * Moves an ended job back into the queue as its next attempt and gives the name it has there. With `clean` what the
 * job wrote is removed first, by the list of what lay there when it started. Throws `refused` where an input has
 * changed or is not known, `failed` where the folder cannot be written or moved; nothing is removed then.
 */
export function redoJob(layout: Layout, job: FoundJob, { clean }: { readonly clean: boolean }): string {
  refuseClaimed(job);
  const plan = clean ? planFromInputs(layout, job) : undefined;
  // Requests for the last attempt do not count for the next; nothing is being copied, so it is ready at once.
  const { kill, lost, hold, top, reassign } = JOB_REQUESTS;
  for (const old of [kill, lost, hold, top, reassign]) withdrawRequest(job.folder, old);
  request(job.folder, JOB_REQUESTS.ready, requester());
  try {
    if (plan !== undefined) removeResults(job, plan);
    return moveBack(layout, job);
  } catch (error) {
    withdrawRequest(job.folder, JOB_REQUESTS.ready);
    throw error;
  }
}

// Nothing may run in a folder in which something may still live.
function refuseClaimed({ name, folder }: FoundJob): void {
  const [claim] = readClaims(folder);
  if (claim === undefined) return;
  throw new QmError("refused", `«${name}» may still live on the worker that it was given up on`, {
    path: folder,
    mend: `run a fresh copy of it with \`qm lost --again\`, or, once that machine is off, this folder with \`qm lost --machine-is-off\``,
  });
}

function planFromInputs(layout: Layout, { folder, name }: FoundJob): CleanPlan {
  const inputs = readInputs(folder);
  if (inputs === undefined)
    throw new QmError("refused", `it is not known what «${name}» started from`, {
      path: folder,
      mend: "run it again as it lies there with `qm redo`, without --clean",
    });
  const plan = planClean(folder, inputs, lastRunEnd(readJobRecord(folder)));
  checkAllIsRead(folder, plan);
  if (plan.spoiled.length > 0)
    throw new QmError(
      "refused",
      `inputs of «${name}» have changed since it started: ${listedFew(plan.spoiled.map(shortPath))}`,
      {
        path: folder,
        mend: "submit the original folder again, or use `qm redo` without --clean",
      },
    );
  checkRights(layout, folder, plan);
  return plan;
}

// A folder that cannot be read cannot be emptied either.
function checkAllIsRead(folder: string, { unreadable: [unreadable] }: CleanPlan): void {
  if (unreadable === undefined) return;
  throw new QmError("failed", "what the job wrote stays, and so does the job: you may not look in there", {
    path: path.join(folder, unreadable.toString()),
    mend: "give its owner the right to read it (`chmod u+rwx`, for the folders alone), or use `qm redo` without --clean",
  });
}

// Before anything is removed: a job that has lost its results and still cannot run again would be the worst of both.
function checkRights({ queue }: Layout, folder: string, plan: CleanPlan): void {
  const around = [queue, path.dirname(folder), folder].find((candidate) => !isWritable(candidate));
  const inside = foldersToWriteIn(plan).find((relative) => !isWritable(folder, relative));
  if (around === undefined && inside === undefined) return;
  const closed = around ?? path.join(folder, inside?.toString() ?? "");
  throw new QmError("failed", "what the job wrote stays, and so does the job: you may not write there", {
    path: closed,
    mend: "ask for the right to write there, or do it as the manager's user",
  });
}

// By trying, as rights are more than modes: lists, mounts, a full disk.
function isWritable(folder: string, inside: Buffer = Buffer.alloc(0)): boolean {
  const trial = Buffer.from(`.qm-try-${crypto.randomUUID()}`);
  const relative = inside.length === 0 ? trial : join(inside, trial);
  return tryOr(() => {
    atDeepPath(Buffer.from(folder), relative, (file) => {
      fs.mkdirSync(file);
      fs.rmdirSync(file);
    });
    return true;
  }, false);
}

function removeResults({ name, folder }: FoundJob, plan: CleanPlan): void {
  try {
    cleanJob(folder, plan);
  } catch (error) {
    throw new QmError("failed", `not all that «${name}» wrote could be removed (${errorCode(error)})`, {
      path: folder,
      mend: "look whether something still writes there, then do it again",
      cause: error,
    });
  }
}

function moveBack(layout: Layout, { folder, name }: FoundJob): string {
  const moved = moveJob(folder, layout.queue, name);
  if (moved.kind === "moved") return moved.name;
  const { why, mend } = refusedToYou(moved, folder);
  throw new QmError("failed", `«${name}» stays where it is: ${why}`, {
    path: folder,
    ...(mend === undefined ? {} : { mend }),
  });
}
