import { setTimeout as sleep } from "node:timers/promises";
import { sweepTemporaryFiles } from "../disk/durable.ts";
import { isExhaustion } from "../disk/error-code.ts";
import { letterFolders } from "../mail/stored-letter.ts";
import type { Layout } from "../queue/layout.ts";
import { withdrawStopRequest } from "../queue/manager-requests.ts";
import { createFolders, tryMoves } from "../queue/tree-setup.ts";
import { Lock } from "./lock.ts";

const TRIES = 5;
const PAUSE_MS = 1000;

/**
 * Takes a queue: its folders, its lock, a trial move through all four, and then whatever `open` opens. Throws `QmError` with what to
 * do; `refused` when another manager has the queue. A lack of handles or memory may pass: it is tried again for some seconds.
 */
export async function takeQueue<T>(layout: Layout, open: (lock: Lock) => T): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await takeNow(layout, open);
    } catch (error) {
      if (!isForLackOfHandles(error) || tries === TRIES) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

async function takeNow<T>(layout: Layout, open: (lock: Lock) => T): Promise<T> {
  createFolders(layout);
  const lock = await Lock.take(layout);
  try {
    tryMoves(layout, "manager");
    withdrawStopRequest(layout.stopRequest);
    const { undelivered } = letterFolders(layout.outbox);
    for (const folder of [layout.state, layout.outbox, undelivered]) sweepTemporaryFiles(folder);
    return open(lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function isForLackOfHandles(error: unknown): boolean {
  return isExhaustion(error) || (error instanceof Error && isExhaustion(error.cause));
}
