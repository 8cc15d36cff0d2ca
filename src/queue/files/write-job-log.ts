import fs from "node:fs";
import path from "node:path";
import { errorCode, isThere } from "../../disk/error-code.ts";
import { type OpenFile, openFile } from "../../disk/open-file.ts";
import { readTail } from "../../disk/safe-read.ts";
import { JOB_FILES } from "../layout.ts";

/** Gives whatever lies under the log's name a number: `process.1.log`, `process.2.log`, … oldest first. */
export function putOldLogAside(jobFolder: string): void {
  const log = path.join(jobFolder, JOB_FILES.log);
  if (!isThere(log)) return;
  for (let number = 1; ; number += 1) {
    const aside = path.join(jobFolder, `process.${number}.log`);
    if (isThere(aside)) continue;
    fs.renameSync(log, aside);
    return;
  }
}

/**
 * Opens a job's log for the job to append to, and for nobody to be led astray by: not through a link, not a FIFO.
 * The caller closes it. Throws what the file system throws.
 */
export function openJobLog(jobFolder: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
  const handle = fs.openSync(path.join(jobFolder, JOB_FILES.log), flags, 0o644);
  if (fs.fstatSync(handle).isFile()) return handle;
  // A FIFO that somebody reads from opens without waiting.
  fs.closeSync(handle);
  throw new Error(`${JOB_FILES.log} is not a regular file`);
}

/** Ends a log with a line of the manager's, once: repeated after a crash it finds the line there already. */
export function closeJobLog(jobFolder: string, lastLine: string): void {
  using log = openForUpdate(path.join(jobFolder, JOB_FILES.log));
  if (log === undefined) return;
  const { handle } = log;
  const ending = readTail({ handle, size: fs.fstatSync(handle).size }, Buffer.byteLength(lastLine) + 2);
  const text = ending.toString("utf8");
  if (text.endsWith(`${lastLine}\n`)) return;
  const fresh = text === "" || text.endsWith("\n");
  fs.writeSync(handle, `${fresh ? "" : "\n"}${lastLine}\n`);
}

// The job may have removed its log, put something else there or forbidden writing: then there is nothing to end.
function openForUpdate(file: string): OpenFile | undefined {
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const { O_RDWR, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  try {
    return openFile(file, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === "EACCES" || errorCode(error) === "ELOOP") return undefined;
    throw error;
  }
}
