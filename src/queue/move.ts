import fs from "node:fs";
import path from "node:path";
import { syncFolder } from "../disk/durable.ts";
import { describeNoRoom, errorCode, isNoRoom, isThere } from "../disk/error-code.ts";
import { foldName, freeName } from "../job/names.ts";
import { tryOr } from "../text/try-or.ts";

/** A job moved, under the name it has now; or why it stays where it was. */
export type Move = { readonly kind: "moved"; readonly name: string } | RefusedMove;

/** The reason why a job stays where it was. */
export interface RefusedMove {
  readonly kind: "refused";
  readonly why: string;
  /** The system's code ("EACCES"), if it was the system that refused. */
  readonly code?: string;
}

/**
 * Moves a job's folder by one rename and syncs both folders. Should the name be taken there (somebody may have put a
 * folder of that name in meanwhile), the job becomes `name-2`, …; nothing is overwritten.
 */
export function moveJob(from: string | Buffer, toFolder: string, name: string): Move {
  const moved = renameJob(from, toFolder, name);
  if (moved.kind === "refused") return moved;
  // Moved is moved: the caller must not forget a job that lies there because the folder could not be synced (EIO; some
  // network mounts do not sync folders at all). What a power cut then takes back, the next pass finds where it was.
  for (const folder of [toFolder, path.dirname(from.toString())]) tryOr(() => syncFolder(folder), undefined);
  return moved;
}

/** As {@link moveJob}, without the syncs: both folders are the caller's to sync. */
export function renameJob(from: string | Buffer, toFolder: string, name: string): Move {
  try {
    return { kind: "moved", name: renameToFreeName(from, toFolder, name) };
  } catch (error) {
    return refusedBy(error);
  }
}

/**
 * As {@link renameJob}, but only under its own name, as an attempt's records bear it. Both folders are the caller's to
 * sync.
 */
export function renameJobStrictly(from: string | Buffer, toFolder: string, name: string): Move {
  const target = path.join(toFolder, name);
  if (isThere(target)) return nameTaken(toFolder);
  try {
    if (!renames(from, target)) return nameTaken(toFolder);
    return { kind: "moved", name };
  } catch (error) {
    return refusedBy(error);
  }
}

function nameTaken(folder: string): Move {
  return { kind: "refused", why: `something of its name lies in ${path.basename(folder)}` };
}

/** The reason why the system does not let something be moved. */
export function refusedBy(error: unknown): RefusedMove {
  const code = errorCode(error);
  if (code === undefined) return { kind: "refused", why: `it cannot be moved (${String(error)})` };
  const why = isNoRoom(error) ? describeNoRoom(error) : explainMove(code);
  return { kind: "refused", why, code };
}

function explainMove(code: string): string {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return `the manager may not move it (${code}): its owner or the folder's permissions forbid it`;
    case "EXDEV":
      return "it lies on another file system than the other folders (EXDEV)";
    case "ENOENT":
      return "it has vanished";
    case "EBUSY":
      return "it is in use (EBUSY): a file system may be mounted on it";
    default:
      return `it cannot be moved (${code})`;
  }
}

/**
 * Gives the manager the right to write into a job's folder and to move it, where it owns it: the job, or a copy with
 * old permissions, may have made it read-only.
 */
export function takeWriteRight(folder: string | Buffer): void {
  const { mode, uid } = fs.lstatSync(folder);
  const ownerMayWrite = (mode & 0o700) === 0o700;
  if (!ownerMayWrite && uid === process.geteuid?.()) fs.chmodSync(folder, (mode & 0o7777) | 0o700);
}

// A rename onto an existing empty folder would replace it silently, so the name is looked for first;
// one with content makes the rename fail, and the next number is tried.
function renameToFreeName(from: string | Buffer, toFolder: string, name: string): string {
  const refused = new Set<string>();
  for (;;) {
    const candidate = freeName(name, (folded) => refused.has(folded));
    const target = path.join(toFolder, candidate);
    if (!isThere(target) && renames(from, target)) return candidate;
    refused.add(foldName(candidate));
  }
}

function renames(from: string | Buffer, target: string): boolean {
  takeWriteRight(from);
  try {
    fs.renameSync(from, target);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOTDIR") return false;
    throw error;
  }
}
