import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../files/error-code.ts";
import { isThere, isTrouble } from "../files/is-there.ts";
import { readRegularFile } from "../files/safe-read.ts";
import { systemUser } from "../files/system-users.ts";
import { takeWriteRight } from "./move.ts";

/** Files that ask for something by lying in a job's folder. */
export const JOB_REQUESTS = {
  kill: "QM_KILL",
  hold: "QM_HOLD",
  top: "QM_TOP",
  ready: "QM_READY",
} as const;

/** The file in `QM_FOLDER` that keeps every job from starting. */
export const PAUSE_REQUEST = "QM_PAUSE";

/** What a file in a job's folder can ask for. */
export type JobRequest = keyof typeof JOB_REQUESTS;

/** Which requests lie in a job's folder. */
export type Requests = Readonly<Record<JobRequest, boolean>>;

/** No request lies there. */
export const NO_REQUESTS: Requests = { kill: false, hold: false, top: false, ready: false };

const REQUEST_NAMES: ReadonlySet<string> = new Set(Object.values(JOB_REQUESTS));
const MAX_REQUEST_BYTES = 256;

/** Whether a name in a job's folder is a request and so no part of the job. */
export function isRequestName(name: string): boolean {
  return REQUEST_NAMES.has(name);
}

/** Looks for each request; anything of that name counts, a folder or a link too. */
export function readRequests(jobFolder: string): Requests {
  const has = (request: JobRequest) => isRequested(jobFolder, request);
  return { kill: has("kill"), hold: has("hold"), top: has("top"), ready: has("ready") };
}

/** Looks for one request. While a disk in trouble does not tell, a job is held. */
export function isRequested(jobFolder: string, request: JobRequest): boolean {
  return isPresent(path.join(jobFolder, JOB_REQUESTS[request]), request === "hold");
}

/** Whether the queue is paused, or may be: while a disk in trouble does not tell, nothing starts. */
export function isPaused(root: string): boolean {
  return isPresent(path.join(root, PAUSE_REQUEST), true);
}

/** Whether the same requests lie in a folder at two looks. */
export function areSameRequests(one: Requests, other: Requests): boolean {
  return (
    one.kill === other.kill && one.hold === other.hold && one.top === other.top && one.ready === other.ready
  );
}

// In a folder that the manager may not enter there is nothing it can see; this one must not hold up the others.
function isPresent(file: string, inDoubt = false): boolean {
  try {
    return isThere(file);
  } catch (error) {
    return inDoubt && isTrouble(error);
  }
}

/**
 * Puts a request into a job's folder; `by` tells who asked. Whatever lies there already is the request, and stays; on a
 * full disk an empty file is one too. A folder that its job has closed is opened by its owner. Throws what the file system
 * throws where there can be none.
 */
export function makeRequest(folder: string, name: string, by: string): void {
  try {
    writeRequest(path.join(folder, name), by);
  } catch (error) {
    if (errorCode(error) !== "EACCES") throw error;
    takeWriteRight(folder);
    writeRequest(path.join(folder, name), by);
  }
}

function writeRequest(file: string, by: string): void {
  try {
    fs.writeFileSync(file, `${by}\n`, { flag: "wx", mode: 0o666 });
  } catch (error) {
    const isMade = fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
    const code = errorCode(error);
    if (!isMade || (code !== "EEXIST" && code !== "ENOSPC" && code !== "EDQUOT")) throw error;
  }
}

/** Takes a request away; one that is not there is no error. Throws what the file system throws. */
export function removeRequest(folder: string, name: string): void {
  const file = path.join(folder, name);
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  // Only a folder in a request's place, as for a refused file that would try this and throw something misleading.
  if (found?.isDirectory() === true) fs.rmSync(file, { force: true, recursive: true });
  else if (found !== undefined) unlinkIfThere(file);
}

function unlinkIfThere(file: string): void {
  try {
    fs.unlinkSync(file);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

/** Who asked: the first line of the request, otherwise the file's owner by name, or by number where that has none. */
export function requestedBy(folder: string, name: string): string {
  const file = path.join(folder, name);
  const read = readRegularFile(file, MAX_REQUEST_BYTES);
  const line = read.kind === "read" ? (read.bytes.toString("utf8").split(/\r?\n/)[0] ?? "").trim() : "";
  if (line !== "") return line;
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return "somebody";
  return `the file ${name} (${systemUser(found.uid)?.name ?? `user id ${found.uid}`})`;
}
