import fs from "node:fs";
import path from "node:path";
import { areInodesLow, describeInodes, type Inodes, inodesOf } from "../text/inodes.ts";
import { errorCode } from "./error-code.ts";

/** Free room on the file system of a folder. */
export interface Room {
  /** Free for this user. */
  readonly freeBytes: number;
  readonly inodes?: Inodes;
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
  // What was begun has been taken away again since: some may be free by now.
  const lacksInodes = areInodesLow(inodes) && freeBytes >= FULL_BELOW_BYTES;
  return lacksInodes ? `${describeInodes(inodes)} (${code})` : `the disk is full (${code})`;
}

function roomWhere(error: unknown): Room {
  try {
    if (error instanceof Error && "path" in error && typeof error.path === "string")
      return roomOn(path.dirname(error.path));
  } catch {
    // Its place is gone.
  }
  return { freeBytes: 0 };
}
