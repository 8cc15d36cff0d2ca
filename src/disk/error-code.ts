import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { areInodesLow, describeInodes, inodesOf, type Room } from "../text/inodes.ts";
import { tryOr } from "../text/try-or.ts";

/** The system's code of a failed call ("ENOENT"), undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // If the closing of a file has failed too, the first error counts.
  if ("suppressed" in error && "error" in error) return errorCode(error.error);
  // Node has no name for it.
  if ("errno" in error && error.errno === -os.constants.errno.ESTALE) return "ESTALE";
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The path that a failed call was about, as far as the system tells. */
export function placeOf(error: unknown): string | undefined {
  return error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : undefined;
}

/** The system's code of a failed call; any other error in words. */
export function codeOrText(error: unknown): string {
  return errorCode(error) ?? String(error);
}

/** True where an error says that nothing is there under a path. Every other one is trouble, and says nothing of the kind. */
export function isAbsence(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The result of a call; undefined where the thing it is about is not there. Throws all other errors of the call. */
export function ifThere<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** True for the codes by which a system says that this user may not do it. */
export function isDenied(code: string | undefined): code is "EACCES" | "EPERM" {
  return code === "EACCES" || code === "EPERM";
}

/** True where an error says that there is no room: the disk is full, or the user's share of it. */
export function isNoRoom(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOSPC" || code === "EDQUOT";
}

/**
 * True where a call failed for lack of handles or memory of our own. In `/proc` any other failure means that the process is gone, or
 * hidden from us and so none of ours.
 */
export function isExhaustion(error: unknown): boolean {
  return ["EMFILE", "ENFILE", "ENOMEM"].includes(errorCode(error) ?? "");
}

/** The disk or the process is in trouble; nothing is said of the file. */
const TROUBLE: ReadonlySet<string | undefined> = new Set(["EIO", "EMFILE", "ENFILE", "ENOMEM", "ESTALE"]);

/** True where an error tells of trouble that may pass, and nothing about the file that was asked for. */
export function isTrouble(error: unknown): boolean {
  return TROUBLE.has(errorCode(error));
}

/**
 * True where something lies at a path; a link counts by itself. Throws where that cannot be told: what decides about a job must
 * not take a disk in trouble for a missing file, as `existsSync` does.
 */
export function isThere(path: string | Buffer): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Another text after every change of a file; the system's code where it cannot be seen. Never throws. */
export function fileStamp(file: string): string {
  try {
    const found = fs.statSync(file, { throwIfNoEntry: false });
    return found === undefined ? "ENOENT" : `${found.ino} ${found.size} ${found.mtimeMs}`;
  } catch (error) {
    return codeOrText(error);
  }
}

/** The room on the file system of a folder. Throws what the file system throws. */
export function roomOn(folder: string): Room {
  const { bavail, bsize, ffree, files } = fs.statfsSync(folder);
  const inodes = inodesOf(ffree, files);
  return { freeBytes: bavail * bsize, ...(inodes === undefined ? {} : { inodes }) };
}

/** With fewer bytes free a disk counts as full. */
const FULL_BELOW_BYTES = 1e6;

/** The missing room in plain words, by an error that says that there is none; bytes where the error names no place. */
export function describeNoRoom(error: unknown): string {
  const code = errorCode(error);
  const { freeBytes, inodes } = roomWhere(error);
  // The beginnings have been taken away again since: some may be free by now.
  const lacksInodes = areInodesLow(inodes) && freeBytes >= FULL_BELOW_BYTES;
  return lacksInodes ? `${describeInodes(inodes)} (${code})` : `the disk is full (${code})`;
}

function roomWhere(error: unknown): Room {
  const place = placeOf(error);
  // It may be gone.
  return place === undefined ? { freeBytes: 0 } : tryOr(() => roomOn(path.dirname(place)), { freeBytes: 0 });
}
