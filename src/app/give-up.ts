import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { copyTree } from "../disk/copy-tree.ts";
import type { EntryLook } from "../disk/tree.ts";
import { lastRunEnd } from "../job/record.ts";
import type { WorkerStatus } from "../job/worker-status.ts";
import { isJobsOwn, readInputs, readJobRecord, writeEndRecord } from "../queue/books/job-records.ts";
import type { Layout } from "../queue/layout.ts";
import { takeWriteRight } from "../queue/move.ts";
import { folderOwnerId, readOrigin, writeOrigin } from "../queue/origin.ts";
import { planClean } from "../queue/submit/clean-job.ts";
import { type Delivered, deliver } from "../queue/submit/deliver.ts";
import { QmError } from "../text/errors.ts";
import { shortPath } from "../text/paths.ts";
import { listedFew } from "../text/quantity.ts";
import { withoutUndefined } from "../text/without-undefined.ts";
import type { Actor } from "./actor.ts";
import type { FoundJob } from "./find-job.ts";
import { locate, track } from "./wait-for-end.ts";

/** The silent worker that a job runs on. Throws `refused` where the job does not run, or its worker is heard of. */
export function silentWorkerOf({ name, stage }: FoundJob, workers: readonly WorkerStatus[]): WorkerStatus {
  const worker = stage === "running" ? workers.find(({ running }) => running.includes(name)) : undefined;
  if (worker === undefined)
    throw new QmError("refused", `«${name}» does not run: only a running job can be given up`, {
      mend: "look at it with `qm show`",
    });
  if (worker.state !== "silent")
    throw new QmError("refused", `«${name}» runs on ${worker.name}, which is heard of`, {
      mend: "end it with `qm kill`; `qm lost` is for jobs of a worker that is silent",
    });
  return worker;
}

const LOOK_MS = 100;

/** The job once it has left the running ones; undefined where it has not after so many milliseconds. */
export async function whenGivenUp(
  layout: Layout,
  job: FoundJob,
  patienceMs: number,
): Promise<FoundJob | undefined> {
  const tracked = track(job);
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await sleep(LOOK_MS)) {
    const found = locate(layout, tracked);
    if (found !== undefined && found.stage !== "running") return found;
  }
  return undefined;
}

/**
 * Delivers a fresh copy of the inputs of a job that was lost: its own folder stays, as something of it may still write there. The copy
 * goes on counting the attempts, and tells of which job it is one. Throws `refused` where the inputs are not known or have changed, and as
 * {@link deliver}.
 */
export async function runAgain(
  layout: Layout,
  { name, folder }: FoundJob,
  actor: Actor,
  signal: AbortSignal,
): Promise<Delivered> {
  const record = readJobRecord(folder);
  const takes = inputsOf({ name, folder }, lastRunEnd(record));
  return await deliver(layout, name, actor.name, async (copy) => {
    await copyTree(folder, copy, { takes, owner: undefined, room: () => undefined, signal });
    takeWriteRight(copy);
    const { childOf } = readOrigin(folder) ?? {};
    const uid = folderOwnerId(folder) ?? 0;
    writeOrigin(copy, withoutUndefined({ version: 1 as const, name, uid, againOf: name, childOf }));
    if (record !== undefined) writeEndRecord(copy, record);
    return [];
  });
}

function inputsOf({ name, folder }: Pick<FoundJob, "name" | "folder">, endedAt: string | undefined) {
  const inputs = readInputs(folder);
  if (inputs === undefined) throw cannotRunAgain(folder, `it is not known what «${name}» started from`);
  const { spoiled, written, unreadable } = planClean(folder, inputs, endedAt);
  if (spoiled.length > 0)
    throw cannotRunAgain(
      folder,
      `inputs of «${name}» have changed since it started: ${listedFew(spoiled.map(shortPath))}`,
    );
  const left = new Set([...written, ...unreadable].map((relative) => relative.toString("latin1")));
  return (entry: EntryLook) => isJobsOwn(entry) && !left.has(entry.path.toString("latin1"));
}

function cannotRunAgain(folder: string, why: string): QmError {
  return new QmError("refused", why, {
    path: path.dirname(folder),
    mend: "submit the original folder again",
  });
}
