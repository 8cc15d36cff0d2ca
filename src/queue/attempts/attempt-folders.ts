import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../../disk/error-code.ts";
import { readRegularFile } from "../../disk/safe-read.ts";
import type { Layout } from "../layout.ts";
import { MAX_RECORD_BYTES } from "./attempt-marks.ts";
import { isLeaving } from "./leaving-attempts.ts";

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
