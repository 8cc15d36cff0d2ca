import fs from "node:fs";
import { errorCode } from "./error-code.ts";

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
