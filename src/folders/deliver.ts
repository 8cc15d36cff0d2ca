import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { QmError } from "../core/errors.ts";
import { foldName, freeName } from "../core/names.ts";
import { errorCode } from "../files/error-code.ts";
import { identityOf } from "./arrival.ts";
import { type Layout, SHELVES } from "./layout.ts";
import { moveJob } from "./move.ts";
import { JOB_REQUESTS, makeRequest } from "./requests.ts";
import { listShelf } from "./shelves.ts";
import { removeTree } from "./trash.ts";

/** A folder delivered into the queue. */
export interface Delivered {
  readonly name: string;
  /** By which it is known again should the manager rename it. */
  readonly identity: string;
}

/**
 * Delivers a job into the queue so that it appears there whole: filled under a hidden name that the daemon passes
 * over, marked with `QM_READY`, then renamed to a name that is free in all four folders. What `fill` throws takes
 * the beginnings away again.
 * @param fill makes the folder and what is in it, at the path given
 * @param by who submits it, written into `QM_READY`
 */
export async function deliver(
  layout: Layout,
  wanted: string,
  by: string,
  fill: (folder: string) => Promise<void>,
): Promise<Delivered> {
  const temporary = path.join(layout.queue, `.qm-submit-${crypto.randomBytes(8).toString("hex")}.part`);
  try {
    await fill(temporary);
    letManagerIn(layout, temporary);
    makeRequest(temporary, JOB_REQUESTS.ready, by);
    return moveIn(layout, temporary, wanted);
  } catch (error) {
    removeTree(temporary);
    throw error instanceof QmError ? error : cannotWrite(layout, error);
  }
}

// Moving a folder takes the right to write in it: what the queue lets its group do, the job's folder does too.
function letManagerIn({ queue }: Layout, folder: string): void {
  const group = fs.statSync(queue).mode & 0o070;
  fs.chmodSync(folder, (fs.statSync(folder).mode & 0o777) | 0o700 | group);
}

function moveIn(layout: Layout, temporary: string, wanted: string): Delivered {
  const identity = identityOf(fs.lstatSync(temporary));
  const taken = new Set(
    SHELVES.flatMap((shelf) => listShelf(layout[shelf]).map(({ name }) => foldName(name))),
  );
  const moved = moveJob(
    temporary,
    layout.queue,
    freeName(wanted, (folded) => taken.has(folded)),
  );
  if (moved.kind === "moved") return { name: moved.name, identity };
  throw new QmError("failed", `the job cannot be put into the queue: ${moved.why}`, { path: layout.queue });
}

function cannotWrite(layout: Layout, error: unknown): QmError {
  const code = errorCode(error) ?? String(error);
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new QmError("failed", `the job cannot be written into the queue (${code})`, {
    path: layout.queue,
    tried: "copy the job's folder into the queue",
    mend: full
      ? "make room on the disk; nothing was submitted"
      : "ask for the right to write there; nothing was submitted",
    cause: error,
  });
}
