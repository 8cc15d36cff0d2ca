import fs from "node:fs";

/** The system's code of a failed call ("ENOENT"), undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return undefined;
}

/** Whether an error says that there is no room: the disk is full, or the user's share of it. */
export function isNoRoom(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOSPC" || code === "EDQUOT";
}

/**
 * Whether a call failed for lack of handles or memory of our own. In `/proc` any other failure means that the process is gone, or
 * hidden from us and so none of ours.
 */
export function isExhaustion(error: unknown): boolean {
  return ["EMFILE", "ENFILE", "ENOMEM"].includes(errorCode(error) ?? "");
}

/** The disk or the process is in trouble; nothing is said of the file. */
const TROUBLE: ReadonlySet<string | undefined> = new Set(["EIO", "EMFILE", "ENFILE", "ENOMEM", "ESTALE"]);

/** Whether an error tells of trouble that may pass, and nothing about the file that was asked for. */
export function isTrouble(error: unknown): boolean {
  return TROUBLE.has(errorCode(error));
}

/**
 * Whether something lies at a path; a link counts by itself. Throws where that cannot be told: what decides about a job must
 * not take a disk in trouble for a missing file, as `existsSync` does.
 */
export function isThere(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
