import { setTimeout as sleep } from "node:timers/promises";
import { hasManager, managerState, publishedStatus, silenceOf } from "../../app/manager-state.ts";
import { noManager, queueOfFile } from "../../app/other-configuration.ts";
import type { Queue } from "../../app/queue.ts";
import { requester, wakeManager } from "../../app/request-job.ts";
import { errorCode } from "../../disk/error-code.ts";
import type { Layout } from "../../queue/layout.ts";
import { leaveStopRequest, type StopMode } from "../../queue/manager-requests.ts";
import { listJobNames } from "../../queue/stages.ts";
import { QmError } from "../../text/errors.ts";
import { noteOtherValues, openQueueToAct } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { stopWorker } from "../stop-worker.ts";
import { confirm, note } from "../terminal/output.ts";

interface StopOptions {
  readonly drain?: boolean;
  readonly kill?: boolean;
  readonly yes?: boolean;
  readonly worker?: string;
}

const LOOK_MS = 100;

/** `qm stop`: asks the manager to stop by a request file, and waits until it is gone. */
export const addStop: AddVerb = (program, bind) => {
  program
    .command("stop")
    .description("stop the manager; running jobs go on, unless --drain or --kill")
    .option("--drain", "start no more jobs and wait until the running ones have ended")
    .option("--kill", "kill the running jobs first")
    .option("--worker <name>", "stop this worker of another machine instead")
    .option("-y, --yes", "do not ask")
    .action(bind(stop));
};

async function stop(session: Session, options: StopOptions): Promise<void> {
  if (options.drain === true && options.kill === true)
    throw new QmError("usage", "--drain and --kill exclude each other");
  const mode = modeOf(options);
  if (options.worker !== undefined) {
    await stopWorker(session, openQueueToAct(session).layout, options.worker, mode, options.yes);
    return;
  }
  const queue = managedQueue(session);
  const running = namesHere(queue.layout);
  if (mode === "kill" && running.length > 0)
    await confirm(session.io, [`Will be killed: ${running.join(", ")}`], options.yes);
  await stopManager(session, queue, mode);
  note(session.io, mode === "leave" && running.length > 0 ? left(running.length) : "the manager has stopped");
}

// The one of this configuration, also where that has named another folder since the manager's start.
function managedQueue(session: Session): Queue {
  const queue = openQueueToAct(session);
  if (hasManager(queue.layout, session.services)) return queue;
  const layout = queueOfFile(queue.loaded.file, session.services);
  if (layout === undefined) throw noManager(queue, session.services);
  noteOtherValues(session, queue);
  return { ...queue, layout };
}

/** Asks the manager to stop and waits until it has. Throws `interrupted`; it then stops all the same. */
export async function stopManager(session: Session, { layout }: Queue, mode: StopMode): Promise<void> {
  ask(layout, mode);
  wakeManager(layout);
  const signal = session.io.interruption();
  let told = "";
  let isSilent = false;
  for (;;) {
    const manager = managerState(layout, session.services);
    if (manager.kind === "absent") return;
    const silence = silenceOf(manager);
    if (silence !== undefined && !isSilent) note(session.io, `! ${silence}; it stops once it goes on`);
    isSilent = silence !== undefined;
    const awaited = namesHere(layout)
      .map((name) => withNote(layout, name))
      .join(", ");
    if (mode !== "leave" && awaited !== told && awaited !== "") note(session.io, `waiting for: ${awaited}`);
    told = awaited;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new QmError("interrupted", "interrupted: the manager stops all the same");
  }
}

// By the folders: the published status may be older than the newest job. It tells which ones run on other machines, and go on.
function namesHere(layout: Layout): string[] {
  const { running = [], worker: own } = publishedStatus(layout) ?? {};
  const elsewhere = running.filter(({ worker = own }) => worker !== own).map(({ name }) => name);
  return listJobNames(layout.running).filter((name) => !elsewhere.includes(name));
}

/** A job's name with what the manager says about it, as why it does not end. */
function withNote(layout: Layout, name: string): string {
  const running = publishedStatus(layout)?.running.find((job) => job.name === name);
  return running?.note === undefined ? name : `${name} (${running.note})`;
}

function ask({ stopRequest }: Layout, mode: StopMode): void {
  try {
    leaveStopRequest(stopRequest, mode, requester());
  } catch (error) {
    throw new QmError("failed", `the manager cannot be asked to stop (${errorCode(error)})`, {
      path: stopRequest,
      tried: "write the request there",
      mend: "make room there or ask for the right to write, or send the manager a TERM, which leaves jobs running",
      cause: error,
    });
  }
}

function modeOf({ drain, kill }: StopOptions): StopMode {
  if (drain === true) return "drain";
  return kill === true ? "kill" : "leave";
}

function left(count: number): string {
  const jobs = count === 1 ? "1 running job goes" : `${count} running jobs go`;
  return `the manager has stopped; ${jobs} on, and the next start takes ${count === 1 ? "it" : "them"} over`;
}
