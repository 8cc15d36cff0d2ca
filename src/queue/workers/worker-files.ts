import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../../disk/error-code.ts";
import { attemptsFolder, type Layout } from "../layout.ts";

/** The shared files of one worker in `.qm/workers/<worker>/`, beside the folders of the attempts that are meant for it. Absolute paths. */
export interface WorkerFiles {
  /** The folder of all of them. */
  readonly folder: string;
  /** Its offer, and the state of its attempts. Only the worker writes it. */
  readonly report: string;
  /** Asks the worker to stop. */
  readonly stopRequest: string;
}

/** The folder with a folder for each worker. */
export function workersFolder(layout: Layout): string {
  return path.dirname(attemptsFolder(layout, "worker"));
}

/** The shared files of a worker, by its name. */
export function workerFiles(layout: Layout, worker: string): WorkerFiles {
  const folder = attemptsFolder(layout, worker);
  return {
    folder,
    report: path.join(folder, "report.json"),
    stopRequest: path.join(folder, "stop"),
  };
}

/**
 * Makes the folder of a worker's shared files, unless it is there; never the queue's own folders, as their mount may be away where they are
 * missing. Throws what the file system throws.
 */
export function makeWorkerFolder(folder: string): void {
  for (const each of [path.dirname(folder), folder]) makeOneFolder(each);
}

function makeOneFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}
