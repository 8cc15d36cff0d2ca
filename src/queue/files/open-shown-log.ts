import fs from "node:fs";
import path from "node:path";
import { handlesHaveNames, nameOfHandle } from "../../disk/held-folder.ts";
import { type OpenFile, openFile } from "../../disk/open-file.ts";
import { type OpenLog, readTail, withRegularFile } from "../../disk/safe-read.ts";
import { tryOr } from "../../text/try-or.ts";

/**
 * Gives what is read of a log directly inside a job's folder to show it to anybody: it is opened through no link, and not as a second
 * name for the file of another owner; otherwise undefined. Throws what the reading throws.
 */
export function readOwnLog<T>(jobFolder: string, name: string, read: (log: OpenLog) => T): T | undefined {
  using folder = openFolder(jobFolder);
  if (folder === undefined) return undefined;
  const file = path.join(handlesHaveNames ? nameOfHandle(folder.handle) : jobFolder, name);
  return withRegularFile(file, (log) => (isOwn(log, folder) ? read(log) : undefined));
}

/** At most the last `maxBytes` of a log, as by {@link readOwnLog}. */
export function readOwnLogTail(jobFolder: string, name: string, maxBytes: number): Buffer | undefined {
  return readOwnLog(jobFolder, name, (log) => readTail(log, maxBytes));
}

function openFolder(jobFolder: string): OpenFile | undefined {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants;
  // It has moved on or is not ours to enter: there is no log.
  return tryOr(() => openFile(jobFolder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), undefined);
}

function isOwn({ stats }: OpenLog, folder: OpenFile): boolean {
  return stats.nlink <= 1 || stats.uid === fs.fstatSync(folder.handle).uid;
}
