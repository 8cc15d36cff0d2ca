import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { removeTree } from "../../disk/empty-trash.ts";
import { codeOrText, describeNoRoom, isNoRoom } from "../../disk/error-code.ts";
import { QmError } from "../../text/errors.ts";
import { refusedToYou } from "../access.ts";
import { identityOf } from "../intake/arrival.ts";
import { type Layout, STAGES } from "../layout.ts";
import { letGroupIn, warnOfReach } from "../manager-reach.ts";
import { moveJob } from "../move.ts";
import { JOB_REQUESTS } from "../request-files.ts";
import { makeRequest } from "../requests.ts";
import { freeNameIn } from "../stages.ts";

/** A folder delivered into the queue. */
export interface Delivered {
  readonly name: string;
  /** By which it is known again should the manager rename it. */
  readonly identity: string;
  /** For its submitter: what `fill` warned of, and that the manager may not be able to take it. */
  readonly warnings: readonly string[];
}

/**
 * Delivers a job into the queue so that it appears there whole: filled under a hidden name that the manager passes
 * over, marked with `QM_READY`, then renamed to a name that is free in all four folders. An error of `fill` takes
 * the beginnings away again.
 * @param fill makes the folder and what is in it, at the path given, and returns warnings for the submitter
 * @param by who submits it, written into `QM_READY`
 */
export async function deliver(
  layout: Layout,
  wanted: string,
  by: string,
  fill: (folder: string) => Promise<readonly string[]>,
): Promise<Delivered> {
  const temporary = path.join(layout.queue, `.qm-submit-${crypto.randomBytes(8).toString("hex")}.part`);
  try {
    const warnings = await fill(temporary);
    await letGroupIn(layout, temporary);
    makeRequest(temporary, JOB_REQUESTS.ready, by);
    const warning = warnOfReach(layout, temporary, wanted);
    const delivered = moveIn(layout, temporary, wanted);
    return { ...delivered, warnings: warning === undefined ? warnings : [...warnings, warning] };
  } catch (error) {
    await removeTree(temporary);
    throw error instanceof QmError ? error : cannotWrite(layout, error);
  }
}

function moveIn(layout: Layout, temporary: string, wanted: string): Omit<Delivered, "warnings"> {
  const identity = identityOf(fs.lstatSync(temporary));
  const stages = STAGES.map((stage) => layout[stage]);
  const moved = moveJob(temporary, layout.queue, freeNameIn(stages, wanted));
  if (moved.kind === "moved") return { name: moved.name, identity };
  const { why, mend } = refusedToYou(moved, temporary);
  throw new QmError("failed", `the job cannot be put into the queue: ${why}`, {
    path: layout.queue,
    ...(mend === undefined ? {} : { mend }),
  });
}

function cannotWrite(layout: Layout, error: unknown): QmError {
  const full = isNoRoom(error);
  const why = full ? `: ${describeNoRoom(error)}` : ` (${codeOrText(error)})`;
  return new QmError("failed", `the job cannot be written into the queue${why}`, {
    path: layout.queue,
    tried: "copy the job's folder into the queue",
    mend: full
      ? "make room on the disk; nothing was submitted"
      : "ask for the right to write there; nothing was submitted",
    cause: error,
  });
}
