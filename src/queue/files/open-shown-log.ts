import fs from "node:fs";
import path from "node:path";
import { handlesHaveNames, nameOfHandle } from "../../disk/held-folder.ts";
import { type OpenLog, openLogForReading, readTailAndClose } from "../../disk/open-log.ts";

/**
 * Opens a log directly inside a job's folder to show it to anybody: through no link, and no second name for the file of
 * another owner; otherwise undefined. The caller closes it.
 */
export function openOwnLog(jobFolder: string, name: string): OpenLog | undefined {
  const folder = openFolder(jobFolder);
  if (folder === undefined) return undefined;
  try {
    const log = openLogForReading(path.join(handlesHaveNames ? nameOfHandle(folder) : jobFolder, name));
    if (log === undefined || isOwn(log.handle, folder)) return log;
    fs.closeSync(log.handle);
    return undefined;
  } finally {
    fs.closeSync(folder);
  }
}

/** At most the last `maxBytes` of a log that {@link openOwnLog} opens; undefined where it opens none. */
export function readOwnLogTail(jobFolder: string, name: string, maxBytes: number): Buffer | undefined {
  const log = openOwnLog(jobFolder, name);
  return log === undefined ? undefined : readTailAndClose(log, maxBytes);
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
