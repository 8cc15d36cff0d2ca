import fs from "node:fs";
import path from "node:path";
import { isShared } from "./access.ts";
import { JOB_FILES } from "./layout.ts";
import { takeWriteRight } from "./move.ts";

const GROUP_WRITE = 0o020;

/**
 * Makes sure that records can be written into a job's folder: a link or a file of the name `.qm` in a stranger's folder would
 * lead them elsewhere, and a folder in a record's place would keep it from being written for ever, so they are put aside.
 * Throws what the file system throws.
 */
export function makeRecordRoom(jobFolder: string): void {
  const folder = path.join(jobFolder, JOB_FILES.recordFolder);
  putAsideUnless(folder, (found) => found.isDirectory());
  if (fs.lstatSync(folder, { throwIfNoEntry: false }) === undefined) makeRecordFolder(jobFolder, folder);
  else takeWriteRight(folder);
  for (const name of [JOB_FILES.record, JOB_FILES.inputs, JOB_FILES.origin, JOB_FILES.statusText]) {
    putAsideUnless(path.join(jobFolder, name), (found) => !found.isDirectory());
  }
}

// Whoever may remove the job's folder has to be able to remove what lies in this one, whatever the manager's umask is.
function makeRecordFolder(jobFolder: string, folder: string): void {
  fs.mkdirSync(folder);
  if (isShared(jobFolder)) fs.chmodSync(folder, (fs.statSync(folder).mode & 0o7777) | GROUP_WRITE);
}

function putAsideUnless(file: string, fits: (found: fs.Stats) => boolean): void {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (found !== undefined && !fits(found)) fs.renameSync(file, unusedName(file));
}

function unusedName(file: string): string {
  for (let number = 1; ; number += 1) {
    const candidate = `${file}.${number}`;
    if (fs.lstatSync(candidate, { throwIfNoEntry: false }) === undefined) return candidate;
  }
}
