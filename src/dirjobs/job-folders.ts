import fs from "node:fs";
import path from "node:path";
import { errorCode, isAbsence, isThere } from "../disk/error-code.ts";
import { QmError } from "../text/errors.ts";

/** The four folders below `jobsDir`, by the state of what lies in them. The names are those of dirjobs. */
export const STATE_FOLDERS = {
  waiting: "00_waiting",
  running: "01_running",
  done: "02_done",
  failed: "99_failed",
} as const;

/** Creates the four folders where they are missing. Throws what the file system throws. */
export function makeStateFolders(jobsDir: string): void {
  for (const name of Object.values(STATE_FOLDERS))
    fs.mkdirSync(path.join(jobsDir, name), { recursive: true });
}

/**
 * Moves a job, a file or a folder, without ever replacing another.
 * @param nameOf the names to try, by number from 1: the first that is free is taken
 * @returns the new path. Throws `already_ended` where the job is gone; else what the file system throws.
 */
export function moveToFreeName(from: string, folder: string, nameOf: (number: number) => string): string {
  const { ino, isFolder } = kindOf(from);
  for (let number = 1; ; number += 1) {
    const to = path.join(folder, nameOf(number));
    if (!reserve(to, isFolder)) continue;
    moveOnto(from, to, ino);
    return to;
  }
}

/**
 * As {@link moveToFreeName}, into a folder from which workers take what they see: no name is held there, so somebody who puts a file
 * of this name there at the same instant loses that.
 */
export function moveBack(from: string, folder: string, nameOf: (number: number) => string): string {
  kindOf(from);
  for (let number = 1; ; number += 1) {
    const to = path.join(folder, nameOf(number));
    if (isThere(to)) continue;
    fs.renameSync(from, to);
    return to;
  }
}

/** As `a.txt`, `a-2.txt`, `a-3.txt`, …. */
export function numbered(name: string): (number: number) => string {
  const { name: stem, ext } = path.parse(name);
  return (number) => (number === 1 ? name : `${stem}-${number}${ext}`);
}

/** The error for a job that this process, or somebody else, has moved on already. */
export function alreadyEnded(from: string): QmError {
  return new QmError("already_ended", "the job has ended already, or somebody has moved it", {
    path: from,
    mend: "end each job once, with one of done, failed and giveBack",
  });
}

function kindOf(from: string): { readonly ino: number; readonly isFolder: boolean } {
  const found = fs.lstatSync(from, { throwIfNoEntry: false });
  if (found === undefined) throw alreadyEnded(from);
  return { ino: found.ino, isFolder: found.isDirectory() };
}

// Something empty of the same kind holds the name: of two workers that want it only one can make that, and a rename replaces it.
function reserve(to: string, isFolder: boolean): boolean {
  try {
    if (isFolder) fs.mkdirSync(to);
    else fs.closeSync(fs.openSync(to, "wx"));
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

function moveOnto(from: string, to: string, ino: number): void {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    // The answer to a rename that has worked can be lost on a network mount.
    if (isAbsence(error) && fs.lstatSync(to).ino === ino) return;
    // Some mounts replace nothing, not even an empty folder.
    fs.rmSync(to, { recursive: true });
    if (isAbsence(error)) throw alreadyEnded(from);
    fs.renameSync(from, to);
  }
}
