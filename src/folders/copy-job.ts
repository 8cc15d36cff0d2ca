import fs from "node:fs";
import path from "node:path";
import { QmError } from "../core/errors.ts";
import type { Problem } from "../core/problem.ts";
import { errorCode, isNoRoom } from "../files/error-code.ts";
import { describeNoRoom } from "../files/room.ts";
import { typeName } from "../files/safe-read.ts";
import { copyBytes } from "./copy-file.ts";
import { isManagersOwn } from "./job-records.ts";
import { isRequestEntry } from "./request-files.ts";
import { type TreeEntry, walkTree } from "./tree.ts";

/** The manager needs to write into a job's folder, whatever its owner allows himself. */
const OWNER_ALL = 0o700;

/** What in a folder cannot be copied; the file of each problem is its path in the folder. */
export function uncopyable(from: string): Problem[] {
  return [...walkTree(from)].filter(isJobsOwn).flatMap((entry) => {
    const file = entry.path.toString("utf8");
    if (entry.type === "unreadable" || (entry.type === "file" && !isReadable(join(from, entry.path))))
      return [{ file, wrong: "cannot be read", right: "make it readable, or take it out of the folder" }];
    if (entry.type !== "other") return [];
    const wrong = `is ${typeName(fs.lstatSync(join(from, entry.path)))}`;
    return [{ file, wrong, right: "a job holds files, folders and links: take it out of the folder" }];
  });
}

// By opening it: on network folders the permissions do not tell.
function isReadable(file: Buffer): boolean {
  try {
    fs.closeSync(fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}

/**
 * Copies a job's folder: modes and times kept, links as links. What a manager put into an earlier run of it is left
 * out (records, status text, logs, requests). Throws `QmError`; `interrupted` when the signal was given.
 * @param to must not exist; its parent must
 */
export async function copyJob(from: string, to: string, signal: AbortSignal): Promise<void> {
  const folders: Buffer[] = [];
  fs.mkdirSync(to);
  for (const entry of walkTree(from)) {
    if (signal.aborted) throw new QmError("interrupted", "interrupted: nothing was submitted");
    if (!isJobsOwn(entry)) continue;
    await explained(from, entry, () =>
      copyEntry(entry, join(from, entry.path), join(to, entry.path), signal),
    );
    if (entry.type === "folder") folders.push(entry.path);
  }
  // Last and from the inside out: writing into a folder moves its times, and its mode may forbid it.
  for (const folder of folders.reverse()) keepLooks(join(from, folder), join(to, folder), 0);
  keepLooks(from, to, OWNER_ALL);
}

async function copyEntry(entry: TreeEntry, from: Buffer, to: Buffer, signal: AbortSignal): Promise<void> {
  if (entry.type === "folder") fs.mkdirSync(to, OWNER_ALL);
  else if (entry.type === "link") copyLink(from, to);
  else if (entry.type === "file") await copyFile(from, to, signal);
  else
    throw new Error(
      entry.type === "unreadable" ? "cannot be read" : "is neither a file, a folder nor a link",
    );
}

function copyLink(from: Buffer, to: Buffer): void {
  fs.symlinkSync(fs.readlinkSync(from, { encoding: "buffer" }), to);
  const { atime, mtime } = fs.lstatSync(from);
  fs.lutimesSync(to, atime, mtime);
}

async function copyFile(from: Buffer, to: Buffer, signal: AbortSignal): Promise<void> {
  await copyBytes(from, to, signal);
  keepLooks(from, to, 0);
}

function keepLooks(from: Buffer | string, to: Buffer | string, modeBits: number): void {
  const { mode, atime, mtime } = fs.lstatSync(from);
  fs.utimesSync(to, atime, mtime);
  fs.chmodSync(to, (mode & 0o777) | modeBits);
}

async function explained(from: string, entry: TreeEntry, copy: () => Promise<void>): Promise<void> {
  try {
    await copy();
  } catch (error) {
    if (error instanceof QmError) throw error;
    const why = errorCode(error) ?? (error instanceof Error ? error.message : String(error));
    if (isNoRoom(error)) throw noRoom(error);
    throw new QmError("failed", `a part of the folder cannot be copied: ${why}`, {
      path: path.join(from, entry.path.toString("utf8")),
      tried: "copy the job's folder into the queue",
      mend: "make it readable, or remove it from the folder; nothing was submitted",
      cause: error,
    });
  }
}

function noRoom(cause: unknown): QmError {
  return new QmError("failed", `the folder cannot be copied into the queue: ${describeNoRoom(cause)}`, {
    tried: "copy the job's folder into the queue",
    mend: "make room on the disk; nothing was submitted",
    cause,
  });
}

function isJobsOwn(entry: TreeEntry): boolean {
  return !isManagersOwn(entry.path.toString("utf8")) && !isRequestEntry(entry);
}

function join(folder: string, relative: Buffer): Buffer {
  return Buffer.concat([Buffer.from(folder + path.sep), relative]);
}
