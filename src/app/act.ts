import path from "node:path";
import { removeTree } from "../disk/empty-trash.ts";
import { codeOrText } from "../disk/error-code.ts";
import {
  ACTIONS,
  type ActionState,
  JOB_ACTION_NAMES,
  JOB_ACTIONS,
  type JobAction,
  type Permissions,
  type QueueAction,
} from "../job/actions.ts";
import { isLive } from "../job/job.ts";
import type { Destination } from "../job/reassignment.ts";
import { STAGE_WORDS } from "../job/words.ts";
import { mendOfSticky } from "../queue/access.ts";
import { readJobRecord } from "../queue/books/job-records.ts";
import { moveToTrash } from "../queue/files/trash.ts";
import type { Layout, Stage } from "../queue/layout.ts";
import { reassignText } from "../queue/reassign-request.ts";
import { JOB_REQUESTS, MACHINE_IS_OFF, PAUSE_REQUEST } from "../queue/request-files.ts";
import { QmError } from "../text/errors.ts";
import { type Actor, may, refuseUnlessMay } from "./actor.ts";
import { type FoundJob, hasEnded } from "./find-job.ts";
import { silentWorkerOf } from "./give-up.ts";
import { publishedStatus } from "./manager-state.ts";
import { redoJob } from "./redo-job.ts";
import { request, wakeManager, withdrawRequest } from "./request-job.ts";
import type { PresentJob } from "./shown-job.ts";

/** Details of an action. */
export interface ActionOptions {
  /** Run again from the inputs alone. */
  readonly clean?: boolean | undefined;
  /** The actor vouches that the machine of a lost job is off, so that nothing of it lives. */
  readonly machineIsOff?: boolean | undefined;
  /** The attempt after which it is to run again, as the asker saw it: a second click asks for no second run. */
  readonly attempt?: number | undefined;
  /** The place to which it is reassigned; any worker unless given. */
  readonly to?: Destination | undefined;
}

/** A job after it was acted on. */
export interface Acted {
  /** Its name afterwards: a redone job gets another where its own is taken. */
  readonly name: string;
  /** Path of a deleted job's folder, for the caller to have it emptied. */
  readonly trash?: string;
}

/** The states that a job may be in, by the folder in which it lies. */
const STATES: Readonly<Record<Stage, readonly ActionState[]>> = {
  running: ["running", "ending"],
  queue: ["arriving", "waiting", "held"],
  finished: ["ended"],
  lost: ["ended"],
};

const BY_INTEREST: readonly Stage[] = ["running", "queue", "finished", "lost"];

const REQUEST_FILES = { ...JOB_REQUESTS, pause: PAUSE_REQUEST };

/**
 * Carries out an action on a job, or asks the manager for it. Throws `refused` where the actor may not, or the job is not in
 * the state for it; `failed` where the folders do not let us.
 */
export function act(
  layout: Layout,
  job: FoundJob,
  action: JobAction,
  actor: Actor,
  options: ActionOptions = {},
): Acted {
  refuseUnlessMay(actor, action);
  refuseUnlessFit(job, action);
  const acted = perform(layout, job, action, actor, options);
  wakeManager(layout);
  return acted;
}

/** Pauses the queue, or lets it go on. Throws `refused` where the actor may not, `failed` where the folder cannot be written to. */
export function actOnQueue(layout: Layout, action: QueueAction, actor: Actor): void {
  refuseUnlessMay(actor, action);
  ask(layout.root, action, actor);
  wakeManager(layout);
}

/** The folders whose jobs an action is for; what runs comes before a newcomer of the same name. */
export function stagesFor(action: JobAction): Stage[] {
  return BY_INTEREST.filter((stage) =>
    STATES[stage].some((state) => JOB_ACTIONS[action].states.includes(state)),
  );
}

/** Throws `refused` where a job is not in the state for this. */
export function refuseUnlessFit(job: FoundJob, action: JobAction): void {
  const { name, stage, folder } = job;
  if (stagesFor(action).includes(stage)) return;
  const { participle } = JOB_ACTIONS[action];
  const ending = stage === "queue" ? "Withdraw" : "Kill";
  const state = hasEnded(job) ? "has ended" : `is ${STAGE_WORDS[stage]}`;
  throw new QmError("refused", `«${name}» ${state}: it cannot be ${participle}`, {
    path: path.dirname(folder),
    ...(action === "delete" ? { mend: `${ending} it first (\`qm kill\`): then it can be deleted` } : {}),
  });
}

/** True for each action that the permissions and the job's state allow. */
export function abilitiesOf(shown: PresentJob, permissions: Permissions): Record<JobAction, boolean> {
  const state = stateOf(shown);
  const can = JOB_ACTION_NAMES.map((action) => [
    action,
    may({ permissions }, action) && JOB_ACTIONS[action].states.includes(state),
  ]);
  return Object.fromEntries(can) as Record<JobAction, boolean>;
}

function stateOf({ job }: PresentJob): ActionState {
  if (!isLive(job)) return "ended";
  if (job.state === "starting") return "running";
  return job.state === "waiting" && job.held ? "held" : job.state;
}

function perform(
  layout: Layout,
  job: FoundJob,
  action: JobAction,
  actor: Actor,
  { clean = false, machineIsOff = false, attempt, to = {} }: ActionOptions,
): Acted {
  switch (action) {
    case "redo":
      refuseLaterAttempt(job, attempt);
      return { name: redoJob(layout, job, { clean }) };
    case "lost":
      silentWorkerOf(job, publishedStatus(layout)?.workers ?? []);
      request(job.folder, JOB_REQUESTS.lost, machineIsOff ? `${actor.name}\n${MACHINE_IS_OFF}` : actor.name);
      return { name: job.name };
    case "delete":
      return { name: job.name, trash: discardJob(layout, job) };
    case "reassign":
      // The last word counts, also where the manager has not seen the one before.
      withdrawRequest(job.folder, JOB_REQUESTS.reassign);
      request(job.folder, JOB_REQUESTS.reassign, reassignText(actor.name, to));
      return { name: job.name };
    default:
      ask(job.folder, action, actor);
      return { name: job.name };
  }
}

function ask(folder: string, action: JobAction | QueueAction, { name }: Actor): void {
  const { puts, takes } = ACTIONS[action];
  if (puts !== undefined) request(folder, REQUEST_FILES[puts], name);
  else if (takes !== undefined) withdrawRequest(folder, REQUEST_FILES[takes]);
  else throw new Error(`no request and no other way to carry out: ${action}`);
}

function refuseLaterAttempt({ name, folder }: FoundJob, seen = Number.POSITIVE_INFINITY): void {
  const last = readJobRecord(folder)?.attempt ?? 0;
  if (last <= seen) return;
  throw new QmError("refused", `«${name}» has run again meanwhile: its last attempt is number ${last}`, {
    path: path.dirname(folder),
    mend: "look at how it ended; then it can be run once more",
  });
}

/**
 * Takes a job's folder out of everybody's sight by one rename, and gives the path in the trash where it is to be removed. Throws
 * `failed` where the system does not let it go.
 */
export function discardJob(layout: Layout, { name, folder }: FoundJob): string {
  const moved = moveToTrash(layout, folder);
  if (moved.kind === "moved") return moved.trash;
  throw new QmError("failed", `«${name}» cannot be deleted (${moved.why})`, {
    path: folder,
    mend:
      mendOfSticky(folder) ??
      "ask for the right to write in its folder, in the one it lies in and in .qm/trash",
  });
}

/** Removes a job's folder from the trash, file by file; of links only the links themselves. Throws `failed` where parts of it stay. */
export async function removeDiscarded({ name }: Pick<FoundJob, "name">, trash: string): Promise<void> {
  try {
    await removeTree(trash);
  } catch (error) {
    const why = codeOrText(error);
    throw new QmError("failed", `«${name}» is gone, but parts of it could not be removed (${why})`, {
      path: trash,
      mend: "remove the folder by hand, or leave it to the page, which empties the trash",
      cause: error,
    });
  }
}
