import fs from "node:fs";
import path from "node:path";
import { CopyFailure, copyTree } from "../../disk/copy-tree.ts";
import { isNoRoom } from "../../disk/error-code.ts";
import { atDeepPath } from "../../disk/held-folder.ts";
import { typeName } from "../../disk/safe-read.ts";
import { walkTree } from "../../disk/tree.ts";
import { readInfoText } from "../../formats/info-text.ts";
import { checkReadInfo } from "../../job/info.ts";
import { QmError } from "../../text/errors.ts";
import { shortPath } from "../../text/paths.ts";
import type { Problem } from "../../text/problem.ts";
import { tryOr } from "../../text/try-or.ts";
import { isJobsOwn } from "../books/job-records.ts";
import { takeWriteRight } from "../move.ts";
import { amendText, type InfoOptions } from "./amend-info.ts";

/** All that cannot be copied in a folder; the file of each problem is its path in the folder. */
export function uncopyable(from: string): Problem[] {
  const root = Buffer.from(from);
  return [...walkTree(from, isJobsOwn)].filter(isJobsOwn).flatMap((entry) => {
    const file = shortPath(entry.path.toString("utf8"));
    const isClosed = entry.type === "file" && !atDeepPath(root, entry.path, isReadable);
    if (entry.type === "unreadable" || isClosed)
      return [{ file, wrong: "cannot be read", right: "make it readable, or take it out of the folder" }];
    if (entry.type !== "other") return [];
    const wrong = `is ${typeName(atDeepPath(root, entry.path, (at) => fs.lstatSync(at)))}`;
    return [{ file, wrong, right: "a job holds files, folders and links: take it out of the folder" }];
  });
}

// By opening it: on network folders the permissions do not tell.
function isReadable(file: Buffer): boolean {
  const flags = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK;
  return tryOr(() => fs.closeSync(fs.openSync(file, flags)) === undefined, false);
}

/**
 * Copies a job's folder: modes and times kept, links as links. The files that a manager put into an earlier run of it are left
 * out (records, status text, logs, requests). Throws `QmError`; `interrupted` when the signal was given.
 * @param to must not exist; its parent must
 */
export async function copyJob(from: string, to: string, signal: AbortSignal): Promise<void> {
  try {
    await copyTree(from, to, { takes: isJobsOwn, owner: undefined, room: () => undefined, signal });
    takeWriteRight(to);
  } catch (error) {
    if (signal.aborted) throw new QmError("interrupted", "interrupted: nothing was submitted");
    throw error instanceof CopyFailure ? explained(from, error) : error;
  }
}

function explained(from: string, failure: CopyFailure): QmError {
  const { message, cause } = failure;
  const tried = "copy the job's folder into the queue";
  if (isNoRoom(cause)) {
    const mend = "make room on the disk; nothing was submitted";
    const what = `the folder cannot be copied into the queue: ${message}`;
    return new QmError("failed", what, { tried, mend, cause: failure });
  }
  return new QmError("failed", `a part of the folder cannot be copied: ${message}`, {
    path: path.join(from, failure.path.toString("utf8")),
    tried,
    mend: "make it readable, or remove it from the folder; nothing was submitted",
    cause: failure,
  });
}

/** The script for a command that the info file's format cannot carry as it is. */
const COMMAND_FILE = "qm-command.sh";

const SKELETONS: ReadonlyMap<string, string> = new Map([
  [".cfg", "[QMOptions]\n"],
  [".ini", "[QMOptions]\n"],
  [".xml", "<job>\n</job>\n"],
  [".json", "{\n}\n"],
]);

/**
 * Makes the folder of a job that runs one shell command line, with an info file of this name. A command that would
 * not survive the format (several lines in a cfg, say) goes into a script of its own beside it.
 */
export function writeCommandJob(
  folder: string,
  infoFile: string,
  command: string,
  options: InfoOptions,
): void {
  fs.mkdirSync(folder);
  const direct = infoText(infoFile, command, options);
  const text = carries(direct, infoFile, command)
    ? direct
    : infoText(infoFile, `sh ./${COMMAND_FILE}`, options);
  if (text !== direct)
    fs.writeFileSync(path.join(folder, COMMAND_FILE), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  fs.writeFileSync(path.join(folder, infoFile), text, { mode: isScript(infoFile) ? 0o755 : 0o644 });
}

function infoText(infoFile: string, command: string, options: InfoOptions): string {
  if (isScript(infoFile)) return amendText(`#!/bin/sh\n${command}\n`, infoFile, options, new Set());
  const skeleton = SKELETONS.get(path.extname(infoFile).toLowerCase()) ?? "";
  return amendText(skeleton, infoFile, new Map([["script", command], ...options]), new Set());
}

function carries(text: string, infoFile: string, command: string): boolean {
  // A line of the command that begins with `#QM` must not become an option.
  if (isScript(infoFile)) return !command.includes("\n") && !command.startsWith("#");
  const info = checkReadInfo(readInfoText(Buffer.from(text), infoFile), infoFile);
  return info.kind === "ok" && info.value.script === command.trim();
}

function isScript(infoFile: string): boolean {
  return path.extname(infoFile).toLowerCase() === ".sh";
}
