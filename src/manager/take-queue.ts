import { setTimeout as sleep } from "node:timers/promises";
import { sweepTemporaryFiles } from "../disk/durable.ts";
import { isExhaustion } from "../disk/error-code.ts";
import { letterFolders } from "../mail/stored-letter.ts";
import { openFolders, openQueueId } from "../queue/first-start.ts";
import type { Layout } from "../queue/layout.ts";
import { withdrawStopRequest } from "../queue/manager-requests.ts";
import { tryMoves } from "../queue/tree-setup.ts";
import { QmError } from "../text/errors.ts";
import { describeManager, Lock } from "./lock.ts";
import { isHeardOf } from "./sign-of-life.ts";
import { Tenure } from "./tenure.ts";

const TRIES = 5;
const PAUSE_MS = 1000;
/** Longer than a living manager lets pass between two signs of life, and as long again as a mount may show them late. */
const SILENCE_MS = 30_000;

/** The rights of a process that manages a queue. */
export interface Hold {
  readonly lock: Lock;
  readonly tenure: Tenure;
}

/** Manner in which a queue is taken: where it is free, or from a manager that is not heard of. */
export type Taking = "free" | "from_silent";

/**
 * Takes a queue: its folders, its lock, a trial move through all four, and then whatever `open` opens. Throws `QmError` with what to
 * do; `refused` when another manager has the queue. A lack of handles or memory may pass: it is tried again for some seconds.
 */
export async function takeQueue<T>(layout: Layout, taking: Taking, open: (hold: Hold) => T): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await takeNow(layout, taking, open);
    } catch (error) {
      if (!isForLackOfHandles(error) || tries === TRIES) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

async function takeNow<T>(layout: Layout, taking: Taking, open: (hold: Hold) => T): Promise<T> {
  openFolders(layout);
  const hold = await (taking === "free" ? takeFree(layout) : takeFromSilent(layout));
  try {
    tryMoves(layout, "manager");
    withdrawStopRequest(layout.stopRequest);
    const { undelivered } = letterFolders(layout.outbox);
    for (const folder of [layout.state, layout.outbox, undelivered]) sweepTemporaryFiles(folder);
    return open(hold);
  } catch (error) {
    hold.lock.release();
    throw error;
  }
}

async function takeFree(layout: Layout): Promise<Hold> {
  const lock = await Lock.take(layout);
  try {
    return { lock, tenure: Tenure.begin(layout, openQueueId(layout)) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

// The name first: whoever finds the lock replaced has to find another's name too.
async function takeFromSilent(layout: Layout): Promise<Hold> {
  await refuseUnlessSilent(layout);
  const tenure = Tenure.begin(layout, openQueueId(layout));
  return { tenure, lock: Lock.replace(layout) };
}

/** Throws `refused` where a manager is heard of, or none holds the lock: there is nothing to take over. */
async function refuseUnlessSilent(layout: Layout): Promise<void> {
  refuseFreeLock(layout);
  if (!(await isHeardOf(layout, SILENCE_MS))) return;
  throw new QmError("refused", `the manager is heard of: ${describeManager(layout)}`, {
    path: layout.root,
    mend: "stop it with `qm stop` first; --take-over is for one that is silent",
  });
}

function refuseFreeLock(layout: Layout): void {
  if (!Lock.isFree(layout)) return;
  throw new QmError("refused", "nothing is to be taken over: no other manager holds this queue", {
    path: layout.root,
    mend: "start it without --take-over",
  });
}

function isForLackOfHandles(error: unknown): boolean {
  return isExhaustion(error) || (error instanceof Error && isExhaustion(error.cause));
}
