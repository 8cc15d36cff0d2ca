import fs from "node:fs";
import { errorCode } from "../disk/error-code.ts";
import type { WorkerAction } from "../job/actions.ts";
import type { WorkerStatus } from "../job/worker-status.ts";
import { attemptsFolder, type Layout } from "../queue/layout.ts";
import { pauseRequestOf } from "../queue/request-files.ts";
import { QmError } from "../text/errors.ts";
import { nearest } from "../text/nearest.ts";
import { counted, listedFew } from "../text/quantity.ts";
import { type Actor, refuseUnlessMay } from "./actor.ts";
import { request, wakeManager, withdrawRequest } from "./request-job.ts";

/** Most characters of a note: it stands in reasons and lists. */
const MAX_NOTE_CHARACTERS = 200;

/** The worker of a name, in any case of letters. Throws `no_such_worker`, with the names that there are. */
export function workerNamed(workers: readonly WorkerStatus[], given: string): WorkerStatus {
  const found = workers.find(({ name }) => name.toLowerCase() === given.toLowerCase());
  if (found !== undefined) return found;
  const names = workers.map(({ name }) => name);
  const meant = nearest(given, names);
  const there = `${workers.length === 1 ? "there is" : "there are"} ${listedFew(names) || "none"}`;
  throw new QmError("no_such_worker", `no worker is called «${given}»: ${there}`, {
    mend: meant === undefined ? "`qm workers` lists the workers" : `did you mean «${meant}»?`,
  });
}

/**
 * Pauses a worker, lets it go on, or forgets it. Throws `refused` where the actor may not, or it cannot be forgotten now; `failed` where
 * the folders do not let us.
 * @param note why it is paused, for those who see it
 */
export function actOnWorker(
  layout: Layout,
  worker: WorkerStatus,
  action: WorkerAction,
  actor: Actor,
  note = "",
): void {
  refuseUnlessMay(actor, action);
  const pause = pauseRequestOf(worker.name);
  if (action === "forget_worker") forget(layout, worker);
  // Another note replaces the one before.
  if (action !== "pause_worker" || note !== "") withdrawRequest(layout.root, pause);
  if (action === "pause_worker") request(layout.root, pause, `${actor.name}\n${checkedNote(note)}`.trimEnd());
  wakeManager(layout);
}

function checkedNote(note: string): string {
  const line = note.replace(/\s+/g, " ").trim();
  if (line.length <= MAX_NOTE_CHARACTERS) return line;
  throw new QmError("usage", `the note has ${line.length} characters, and ${MAX_NOTE_CHARACTERS} at most`, {
    mend: "say it in fewer words",
  });
}

function forget(layout: Layout, { name, state, running, lastWord }: WorkerStatus): void {
  const folder = attemptsFolder(layout, name);
  const refuse = (why: string, mend: string) =>
    new QmError("refused", `${name} ${why}`, { path: folder, mend });
  if (lastWord === undefined)
    throw refuse("is the manager's own machine", "it is there as long as the manager");
  if (state !== "silent") throw refuse("is heard of", "stop its `qm worker` first");
  const jobs = Math.max(running.length, attemptsIn(folder));
  if (jobs > 0)
    throw refuse(`has ${counted(jobs, "job")}`, `\`qm lost --worker ${name}\` gives them up first`);
  removeFolder(folder);
}

/** Attempts that are written down for a worker, by the names of their folders. */
function attemptsIn(folder: string): number {
  return explained(folder, () => fs.readdirSync(folder)).filter((name) => /\.\d+$/.test(name)).length;
}

function removeFolder(folder: string): void {
  explained(folder, () => fs.rmSync(folder, { recursive: true, force: true }));
}

function explained<T>(folder: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new QmError("failed", `the worker's folder cannot be removed (${errorCode(error)})`, {
      path: folder,
      mend: "do it as the manager's user",
      cause: error,
    });
  }
}
