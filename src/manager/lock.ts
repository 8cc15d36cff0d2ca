import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { createAnew, sweepTemporaryFiles, temporaryNameOf } from "../disk/durable.ts";
import { errorCode, ifThere, isDenied, isExhaustion } from "../disk/error-code.ts";
import { lockFile } from "../disk/lock-file.ts";
import { openFile } from "../disk/open-file.ts";
import { readAt } from "../disk/safe-read.ts";
import { letterFolders } from "../mail/stored-letter.ts";
import { openFolders, openQueueId } from "../queue/first-start.ts";
import type { Layout } from "../queue/layout.ts";
import { withdrawStopRequest } from "../queue/manager-requests.ts";
import { tryMoves } from "../queue/tree-setup.ts";
import { QmError } from "../text/errors.ts";
import { parseJson } from "../text/parse-json.ts";
import { tryOr } from "../text/try-or.ts";
import { managerOf, Tenure } from "./tenure.ts";

const holderSchema = z.object({ host: z.string(), pid: z.number(), since: z.string() });

type Holder = z.infer<typeof holderSchema>;

/** Longer than a living manager lets pass between two signs of life. */
const FOREIGN_WATCH_MS = 7000;
/** As long again as a mount may show them late. */
const SILENCE_MS = 30_000;
const LOOK_MS = 500;
const MAX_HOLDER_BYTES = 4096;

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

  /** Puts a lock of our own in the place of one that a silent manager holds, which means nothing from then on. */
  static replace(layout: Layout): Lock {
    const aside = temporaryNameOf(layout.lock);
    const handle = createAnew(aside, 0o644);
    try {
      if (!lockFile(handle)) throw alreadyRunning(layout, undefined);
      writeHolder(handle);
      fs.renameSync(aside, layout.lock);
      return new Lock(layout, handle);
    } catch (error) {
      fs.closeSync(handle);
      fs.rmSync(aside, { force: true });
      throw error;
    }
  }

  /** Takes the lock anew if its file was deleted or replaced. Throws `refused` if another manager was faster. */
  keep(): void {
    const found = fs.statSync(this.#layout.lock, { throwIfNoEntry: false });
    if (found !== undefined && this.#isOf(found)) return;
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

  // The file that is held open may be gone for good (ESTALE) after its mount was away.
  #isOf({ dev, ino }: fs.Stats): boolean {
    const held = tryOr(() => fs.fstatSync(this.#handle), undefined);
    return held?.ino === ino && held.dev === dev;
  }

  /** Gives the lock back. Its file is left alone where another manager has written its name into it. */
  release(): void {
    tryOr(() => {
      const holder = readHolder(this.#handle);
      if (holder === undefined || isThisProcess(holder)) fs.ftruncateSync(this.#handle, 0);
    }, undefined);
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
  if (holder === undefined || holder.host === os.hostname() || signOfLife(layout) === undefined) return;
  if (await isHeardOf(layout, FOREIGN_WATCH_MS)) throw alreadyRunning(layout, holder);
}

/** Throws `refused` where a manager is heard of, or none holds the lock: there is nothing to take over. */
async function refuseUnlessSilent(layout: Layout): Promise<void> {
  refuseFreeLock(layout);
  if (!(await isHeardOf(layout, SILENCE_MS))) return;
  throw new QmError("refused", `the manager is heard of: ${describeManager(layout, undefined)}`, {
    path: layout.root,
    mend: "stop it with `qm stop` first; --take-over is for one that is silent",
  });
}

function refuseFreeLock(layout: Layout): void {
  const handle = openLockFile(layout);
  try {
    if (!lockFile(handle)) return;
  } finally {
    fs.closeSync(handle);
  }
  throw new QmError("refused", "nothing is to be taken over: no other manager holds this queue", {
    path: layout.root,
    mend: "start it without --take-over",
  });
}

/** True as soon as a manager gives a sign of life; false after so many milliseconds without one. No clocks are compared. */
async function isHeardOf(layout: Layout, forMs: number): Promise<boolean> {
  const before = signOfLife(layout);
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs) {
    await sleep(LOOK_MS);
    if (signOfLife(layout) !== before) return true;
  }
  return false;
}

// By opening it: a mount may show the time of a file as it was long ago, unless the file is opened.
function signOfLife({ status }: Layout): number | undefined {
  return ifThere(() => {
    using opened = openFile(status, "r");
    return fs.fstatSync(opened.handle).mtimeMs;
  });
}

function alreadyRunning(layout: Layout, holder: Holder | undefined): QmError {
  const who = describeManager(layout, holder);
  return new QmError("refused", `a manager of this queue is running already: ${who}`, {
    path: path.dirname(layout.state),
    mend: "look at it with `qm status`, or stop it with `qm stop` first",
  });
}

function describeManager(layout: Layout, holder: Pick<Holder, "host" | "pid"> | undefined): string {
  const known = holder ?? managerOf(layout);
  return known === undefined ? "another process" : `process ${known.pid} on ${known.host}`;
}

function isThisProcess({ host, pid }: Holder): boolean {
  return host === os.hostname() && pid === process.pid;
}

// SMB lets nobody read a file that another has locked: whoever that is, `manager.json` tells.
function readHolder(handle: number): Holder | undefined {
  try {
    return parseJson(holderSchema, readAt(handle, 0, MAX_HOLDER_BYTES).toString("utf8"));
  } catch (error) {
    if (isDenied(errorCode(error))) return undefined;
    throw error;
  }
}

function writeHolder(handle: number): void {
  const holder: Holder = { host: os.hostname(), pid: process.pid, since: new Date().toISOString() };
  fs.ftruncateSync(handle, 0);
  fs.writeSync(handle, `${JSON.stringify(holder)}\n`, 0);
}

const TRIES = 5;
const PAUSE_MS = 1000;

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

function isForLackOfHandles(error: unknown): boolean {
  return isExhaustion(error) || (error instanceof Error && isExhaustion(error.cause));
}
