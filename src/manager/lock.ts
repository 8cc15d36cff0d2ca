import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { sweepTemporaryFiles } from "../disk/durable.ts";
import { errorCode, isExhaustion } from "../disk/error-code.ts";
import { letterFolders } from "../mail/stored-letter.ts";
import type { Layout } from "../queue/layout.ts";
import { withdrawStopRequest } from "../queue/manager-requests.ts";
import { createFolders, tryMoves } from "../queue/tree-setup.ts";
import { QmError } from "../text/errors.ts";
import { parseJson } from "../text/parse-json.ts";
import { lockFile } from "../worker/lock-file.ts";

const holderSchema = z.object({ host: z.string(), pid: z.number(), since: z.string() });

type Holder = z.infer<typeof holderSchema>;

/** Longer than a living manager lets pass between two signs of life. */
const FOREIGN_WATCH_MS = 7000;

/**
 * The right to be the only manager of a queue. It lies with the kernel, on the open file, and ends with the process,
 * however that ends: a lock left by a crash or a reboot is free at once. What the file says only tells people who has it.
 */
export class Lock {
  readonly #layout: Layout;
  #handle: number;

  private constructor(layout: Layout, handle: number) {
    this.#layout = layout;
    this.#handle = handle;
  }

  /** Takes the lock. Throws `refused` when another manager has it. */
  static async take(layout: Layout): Promise<Lock> {
    const handle = openLockFile(layout);
    try {
      const holder = readHolder(handle);
      if (!lockFile(handle)) throw alreadyRunning(layout, holder);
      await refuseForeignManager(layout, holder);
      writeHolder(handle);
      return new Lock(layout, handle);
    } catch (error) {
      fs.closeSync(handle);
      throw error;
    }
  }

  /** Takes the lock anew if its file was deleted or replaced. Throws `refused` if another manager was faster. */
  keep(): void {
    const found = fs.statSync(this.#layout.lock, { throwIfNoEntry: false });
    if (found !== undefined && found.ino === fs.fstatSync(this.#handle).ino) return;
    // Not QM_FOLDER itself: where that is gone its disk may be away, and a new one would hide it.
    if (!fs.existsSync(this.#layout.state)) fs.mkdirSync(this.#layout.state);
    const handle = openLockFile(this.#layout);
    if (!lockFile(handle)) {
      const holder = readHolder(handle);
      fs.closeSync(handle);
      throw alreadyRunning(this.#layout, holder);
    }
    writeHolder(handle);
    fs.closeSync(this.#handle);
    this.#handle = handle;
  }

  /** Gives the lock back. */
  release(): void {
    fs.ftruncateSync(this.#handle, 0);
    fs.closeSync(this.#handle);
  }
}

function openLockFile(layout: Layout): number {
  try {
    return fs.openSync(layout.lock, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
  } catch (error) {
    if (isExhaustion(error)) throw error;
    throw new QmError("failed", `the lock of the queue cannot be opened (${errorCode(error)})`, {
      path: layout.lock,
      mend: "start the manager as the user whose queue this is, or give this user the right to write there",
      cause: error,
    });
  }
}

// Some network file systems do not carry locks from one machine to another: there the signs of life tell.
async function refuseForeignManager(layout: Layout, holder: Holder | undefined): Promise<void> {
  if (holder === undefined || holder.host === os.hostname()) return;
  const before = signOfLife(layout);
  if (before === undefined) return;
  await sleep(FOREIGN_WATCH_MS);
  if (signOfLife(layout) !== before) throw alreadyRunning(layout, holder);
}

function signOfLife(layout: Layout): number | undefined {
  return fs.statSync(layout.status, { throwIfNoEntry: false })?.mtimeMs;
}

function alreadyRunning(layout: Layout, holder: Holder | undefined): QmError {
  const who = holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host}`;
  return new QmError("refused", `a manager of this queue is running already: ${who}`, {
    path: path.dirname(layout.state),
    mend: "look at it with `qm status`, or stop it with `qm stop` first",
  });
}

function readHolder(handle: number): Holder | undefined {
  const bytes = Buffer.alloc(4096);
  const count = fs.readSync(handle, bytes, 0, bytes.length, 0);
  return parseJson(holderSchema, bytes.subarray(0, count).toString("utf8"));
}

function writeHolder(handle: number): void {
  const holder: Holder = { host: os.hostname(), pid: process.pid, since: new Date().toISOString() };
  fs.ftruncateSync(handle, 0);
  fs.writeSync(handle, `${JSON.stringify(holder)}\n`, 0);
}

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
