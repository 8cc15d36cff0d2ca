import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { isDenied, isThere } from "../disk/error-code.ts";
import { systemUser } from "../disk/system-users.ts";
import type { MissingRight } from "../plan/settle.ts";
import { quoteForShell } from "../text/escape.ts";
import { tryOr } from "../text/try-or.ts";
import { JOB_FILES } from "./layout.ts";
import { type RefusedMove, takeWriteRight } from "./move.ts";

/** True where the manager may write into a folder, or may give itself the right as its owner. */
export function mayWriteInto(folder: string | Buffer): boolean {
  const { W_OK, X_OK } = fs.constants;
  const isOpen = tryOr(() => fs.accessSync(folder, W_OK | X_OK) === undefined, false);
  return isOpen || fs.lstatSync(folder).uid === process.geteuid?.();
}

/**
 * The right to read that the manager lacks in a folder; undefined where the folder is gone, or out of reach itself.
 * @param part what cannot be read: the folder or something in it
 */
export function missingRight(folder: string | Buffer, part = folder): MissingRight | undefined {
  const stats = tryOr(() => fs.lstatSync(part), undefined);
  if (stats === undefined) return undefined;
  const groups = [process.getegid?.(), ...(process.getgroups?.() ?? [])];
  return {
    name: path.basename(folder.toString()),
    owner: systemUser(stats.uid)?.name ?? `uid ${stats.uid}`,
    isGroups: groups.includes(stats.gid),
  };
}

const STICKY = 0o1000;

/** True where a folder's sticky bit leaves it to the manager to rename what is in it; without an entry, whatever that is. */
export function mayRenameIn(folder: string, entry?: string | Buffer): boolean {
  const { mode, uid } = fs.statSync(folder);
  const owners = [0, uid, ...(entry === undefined ? [] : [fs.lstatSync(entry).uid])];
  return (mode & STICKY) === 0 || owners.includes(process.geteuid?.() ?? 0);
}

/** Set-group-ID, by which all that comes into a folder gets its group, and the group's right to write. */
const SHARED = 0o2020;

/**
 * True where all that comes into a folder is its group's to write: then what a job makes is to be so too, or nobody but the manager's
 * user could remove it. Throws what the file system throws.
 */
export function isShared(folder: string): boolean {
  return (fs.statSync(folder).mode & SHARED) === SHARED;
}

/** The name of the user that this program runs as; its number where the system knows no name, as in a container. */
export function userName(): string {
  return tryOr(() => os.userInfo().username, String(process.geteuid?.() ?? "unknown"));
}

/**
 * The reason why a move was refused, and what to do about it, for the person who tried it: `moveJob` speaks of the manager, and it is
 * not always the manager that moves.
 * @param folder the one that was to be moved
 */
export function refusedToYou(
  { why, code }: RefusedMove,
  folder: string,
): { readonly why: string; readonly mend?: string } {
  if (!isDenied(code)) return { why };
  return {
    why: `you may not move it (${code}): its owner, or the permissions of its folder or of the queue's, forbid it`,
    mend:
      mendOfSticky(folder) ??
      "ask for the right to write in its folder and in the queue's, or do it as the manager's user",
  };
}

/** Advice on letting a job's folder be taken out of a folder that is sticky; undefined where that is not the hindrance. */
export function mendOfSticky(folder: string): string | undefined {
  const stage = path.dirname(folder);
  if (mayRenameIn(stage, folder)) return undefined;
  return (
    `${path.basename(stage)} is sticky, so that only the owner of the job's folder may take it out, which is the manager's user if ` +
    `it was copied in: have the bit taken away (\`chmod -t ${quoteForShell(stage)}\`), do it as the folder's owner, or use the page, ` +
    "which acts as the manager where it is allowed to (Delete_Jobs, Licence_to_kill)"
  );
}

const GROUP_WRITE = 0o020;

/**
 * Makes sure that records can be written into a job's folder: a link or a file of the name `.qm` in a stranger's folder would
 * lead them elsewhere, and a folder in a record's place would keep it from being written for ever, so they are put aside.
 * Throws what the file system throws.
 */
export function makeRecordRoom(jobFolder: string): void {
  const folder = path.join(jobFolder, JOB_FILES.recordFolder);
  putAsideUnless(folder, (found) => found.isDirectory());
  if (!isThere(folder)) makeRecordFolder(jobFolder, folder);
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
  if (found !== undefined && !fits(found)) fs.renameSync(file, firstUnused(`${file}.`));
}

/** A path with the first number in it, before `ending`, at which nothing lies. Throws where that cannot be told. */
export function firstUnused(beginning: string, ending = ""): string {
  for (let number = 1; ; number += 1) {
    const candidate = `${beginning}${number}${ending}`;
    if (!isThere(candidate)) return candidate;
  }
}
