import path from "node:path";
import { attemptsFolder, type Layout } from "../layout.ts";

/** The shared files of one worker in `.qm/workers/<worker>/`, beside the folders of the attempts that are meant for it. Absolute paths. */
export interface WorkerFiles {
  /** The folder of all of them. */
  readonly folder: string;
  /** Its offer, and the state of its attempts. Only the worker writes it. */
  readonly report: string;
  /** The wishes of people. */
  readonly requests: string;
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
  const requests = path.join(folder, "requests");
  return {
    folder,
    report: path.join(folder, "report.json"),
    requests,
    stopRequest: path.join(requests, "stop"),
  };
}
