import fs from "node:fs";
import path from "node:path";
import { handlesHaveNames, nameOfHandle } from "../../disk/held-folder.ts";
import { type OpenLog, readTail, withRegularFile } from "../../disk/safe-read.ts";

/**
 * Gives what is read of a log directly inside a job's folder to show it to anybody: it is opened through no link, and not as a second
 * name for the file of another owner; otherwise undefined. Throws what the reading throws.
 */
export function readOwnLog<T>(jobFolder: string, name: string, read: (log: OpenLog) => T): T | undefined {
  const folder = openFolder(jobFolder);
  if (folder === undefined) return undefined;
  try {
    const file = path.join(handlesHaveNames ? nameOfHandle(folder) : jobFolder, name);
    return withRegularFile(file, (log) => (isOwn(log.handle, folder) ? read(log) : undefined));
  } finally {
    fs.closeSync(folder);
  }
}

/** At most the last `maxBytes` of a log, as by {@link readOwnLog}. */
export function readOwnLogTail(jobFolder: string, name: string, maxBytes: number): Buffer | undefined {
  return readOwnLog(jobFolder, name, (log) => readTail(log, maxBytes));
}

function openFolder(jobFolder: string): number | undefined {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants;
  try {
    return fs.openSync(jobFolder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch {
    // It has moved on or is not ours to enter: there is no log.
    return undefined;
  }
}

function isOwn(log: number, folder: number): boolean {
  const { nlink, uid } = fs.fstatSync(log);
  return nlink <= 1 || uid === fs.fstatSync(folder).uid;
}
