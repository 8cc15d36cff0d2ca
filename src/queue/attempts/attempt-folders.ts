import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../../disk/error-code.ts";
import { readRegularFile } from "../../disk/safe-read.ts";
import type { Layout } from "../layout.ts";
import { MAX_RECORD_BYTES } from "./attempt-marks.ts";

/** The record that makes a folder an attempt. */
export const LAUNCH_FILE = "launch.json";

/** The folders of all attempts, under whichever worker name, as absolute paths. Throws what the file system throws. */
export function listAttemptFolders(layout: Layout): string[] {
  const workers = path.join(layout.state, "workers");
  return listFolder(workers).flatMap((worker) => {
    const folder = path.join(workers, worker);
    const names = listFolder(folder).filter((name) => !isLeaving(name));
    return names.map((name) => path.join(folder, name));
  });
}

/** Makes an attempt's folder, and its worker's if that is missing. Throws what the file system throws. */
export function makeAttemptFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    fs.mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
    fs.mkdirSync(folder, { mode: 0o700 });
  }
}

/**
 * Removes what a crash has left in one worker's folder: records on their way out, and folders to which no launch, or a torn
 * one, was written. Throws what the file system throws.
 */
export function sweepAttempts(workerFolder: string): void {
  for (const child of listFolder(workerFolder)) {
    const folder = path.join(workerFolder, child);
    if (isLeaving(child) || isUnwritten(path.join(folder, LAUNCH_FILE))) {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
}

// Absent, or cut short, which leaves no JSON; one that cannot be read, or understood, may tell of a job that runs.
function isUnwritten(launchFile: string): boolean {
  const read = readRegularFile(launchFile, MAX_RECORD_BYTES);
  if (read.kind !== "read") return read.kind === "absent";
  try {
    JSON.parse(read.bytes.toString("utf8"));
    return false;
  } catch {
    return true;
  }
}

function listFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

/** No job has a name that begins so. */
const LEAVING = ".leaving-";

/** Whether a folder among the attempts is one that has been accounted for and is on its way out. */
function isLeaving(name: string): boolean {
  return name.startsWith(LEAVING);
}

/**
 * The records of attempts on their way out. An attempt is gone once it is put aside; what a disk in trouble then keeps is
 * tried again, and swept up by the next manager.
 */
export class LeavingAttempts {
  readonly #folders = new Set<string>();

  /**
   * Takes an attempt away by one rename, so that neither a crash nor a late shim ever finds an attempt with some of its records gone. Throws what
   * the file system throws; a folder that is not there is gone already.
   */
  putAside(folder: string): void {
    const aside = path.join(path.dirname(folder), `${LEAVING}${crypto.randomUUID()}`);
    try {
      fs.renameSync(folder, aside);
      this.#folders.add(aside);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
    }
  }

  /** Removes what was put aside, as far as that can be done now. Never throws. */
  remove(): void {
    for (const aside of this.#folders) {
      try {
        removeFolder(aside);
        this.#folders.delete(aside);
      } catch {
        // Tried again at the next call.
      }
    }
  }
}

// An attempt almost always holds files alone: to remove these one by one is much quicker than to remove a whole tree.
function removeFolder(folder: string): void {
  try {
    for (const name of fs.readdirSync(folder)) fs.unlinkSync(path.join(folder, name));
    fs.rmdirSync(folder);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") fs.rmSync(folder, { recursive: true, force: true });
  }
}
