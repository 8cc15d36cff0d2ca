import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as z from "zod";
import { createAnew, temporaryNameOf } from "../disk/durable.ts";
import { errorCode, isDenied, isExhaustion } from "../disk/error-code.ts";
import { lockFile } from "../disk/lock-file.ts";
import { readAt } from "../disk/safe-read.ts";
import type { Layout } from "../queue/layout.ts";
import { QmError } from "../text/errors.ts";
import { parseJson } from "../text/parse-json.ts";
import { tryOr } from "../text/try-or.ts";
import { isHeardOf, signOfLife } from "./sign-of-life.ts";
import { managerOf } from "./tenure.ts";

const holderSchema = z.object({ host: z.string(), pid: z.number(), since: z.string() });

type Holder = z.infer<typeof holderSchema>;

/** Longer than a living manager lets pass between two signs of life. */
const FOREIGN_WATCH_MS = 7000;
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

  /** True where no manager has the lock. Throws as {@link take} does where that cannot be told. */
  static isFree(layout: Layout): boolean {
    const handle = openLockFile(layout);
    try {
      return lockFile(handle);
    } finally {
      fs.closeSync(handle);
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

function alreadyRunning(layout: Layout, holder: Holder | undefined): QmError {
  const who = describeManager(layout, holder);
  return new QmError("refused", `a manager of this queue is running already: ${who}`, {
    path: path.dirname(layout.state),
    mend: "look at it with `qm status`, or stop it with `qm stop` first",
  });
}

/** The manager of a queue in words: that of its lock, otherwise the one that `manager.json` names. */
export function describeManager(layout: Layout, holder?: Pick<Holder, "host" | "pid">): string {
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
  const text = Buffer.from(`${JSON.stringify(holder)}\n`);
  fs.ftruncateSync(handle, 0);
  try {
    fs.writeSync(handle, text, 0, text.length, 0);
  } catch (error) {
    // SMB lets nobody write there either once it is locked: its length alone tells that somebody has it.
    if (!isDenied(errorCode(error))) throw error;
    fs.ftruncateSync(handle, text.length);
  }
}
