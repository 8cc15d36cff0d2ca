import fs from "node:fs";
import path from "node:path";
import { codeOrText, errorCode, ifThere, isNoRoom, isThere } from "../disk/error-code.ts";
import { QmError } from "../text/errors.ts";
import { tryOr } from "../text/try-or.ts";
import { type Layout, STAGE_FOLDERS, STAGES } from "./layout.ts";
import { readQueueId } from "./queue-id.ts";

/** Creates the folders of a queue where they are missing. Throws `failed` with what to do. */
export function createFolders(layout: Layout): void {
  refuseNoFolders(layout);
  try {
    for (const stage of STAGES) makeFolder(layout[stage]);
    makeFolder(layout.state);
    openTrash(layout);
  } catch (error) {
    throw new QmError("failed", `the queue's folders cannot be created (${whyNoFolder(error)})`, {
      path: layout.root,
      tried: "create QM_FOLDER and the folders in it",
      mend: "choose another QM_FOLDER, or give the manager's user the right to write there",
      cause: error,
    });
  }
}

/** Throws `failed` where something that is no folder has the name of one of the queue's. */
export function refuseNoFolders(layout: Layout): void {
  const folders = [layout.root, ...STAGES.map((stage) => layout[stage]), layout.state];
  const inTheWay = folders.find((folder) => tryOr(() => isThere(folder), false) && !isFolder(folder));
  if (inTheWay === undefined) return;
  throw new QmError("failed", `${path.basename(inTheWay)} is not a folder`, {
    path: inTheWay,
    mend: "move it away: the manager and `qm init` make the folder; or choose another QM_FOLDER",
  });
}

/**
 * Makes a folder and its parents, as far as they are missing. Throws what the file system throws.
 * `mkdir` with `recursive` tries for ever where the file system takes no new folders, as procfs.
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  if (!fs.existsSync(path.dirname(folder))) makeFolder(path.dirname(folder));
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

// A file on the way there makes the look itself fail.
function isFolder(folder: string): boolean {
  return tryOr(() => fs.statSync(folder).isDirectory(), false);
}

/** The reason why {@link makeFolder} could not, as a code and, where that misleads, a word. */
export function whyNoFolder(error: unknown): string {
  const code = codeOrText(error);
  return code === "ENOENT" ? "ENOENT: the file system there takes no new folders" : code;
}

/**
 * Makes the trash as open as the folder of the finished jobs, and no more: who may take a job out of that can put it there. Throws
 * what the file system throws where the trash cannot be made.
 */
function openTrash({ finished, trash }: Layout): void {
  makeFolder(trash);
  const [{ mode, gid }, found] = [fs.statSync(finished), fs.lstatSync(trash)];
  if (!found.isDirectory() || (found.gid === gid && found.mode === mode)) return;
  // Somebody else may have made it, by whose rights it goes then.
  tryOr(() => {
    if (found.gid !== gid) fs.chownSync(trash, -1, gid);
    fs.chmodSync(trash, mode & 0o7777);
  }, undefined);
}

/**
 * Makes folders again that somebody deleted under the running manager. False where the queue itself is away, as its mount may be:
 * then nothing is made. Throws what the file system throws.
 */
export function restoreFolders(layout: Layout): boolean {
  const names = new Set(ifThere(() => fs.readdirSync(layout.root)));
  if (!names.has(STAGE_FOLDERS.queue) && readQueueId(layout) === undefined) return false;
  for (const stage of STAGES) if (!names.has(STAGE_FOLDERS[stage])) makeFolder(layout[stage]);
  // Without a trash nothing can be deleted, which keeps no job from running.
  if (names.has(path.basename(layout.state))) tryOr(() => openTrash(layout), undefined);
  return true;
}

/**
 * Moves an empty folder once around all four, as each job will go. Throws `failed` where that does not work: then
 * they are not on one file system, or the manager may not write in one. On a disk without room for a folder nothing is tried.
 * @param who tries: always the same word for the manager, so that it finds what a crash has left of its earlier trial;
 * another for each of those who may try at the same time
 */
export function tryMoves(layout: Layout, who: string): void {
  const name = `.qm-trial-${who}`;
  const stations = STAGES.map((stage) => path.join(layout[stage], name));
  let from = stations[0] ?? name;
  try {
    for (const leftover of stations) fs.rmSync(leftover, { recursive: true, force: true });
    fs.mkdirSync(from);
    for (const to of stations.slice(1)) {
      fs.renameSync(from, to);
      from = to;
    }
  } catch (error) {
    if (!isNoRoom(error)) throw cannotMove(path.dirname(from), error);
  } finally {
    for (const station of stations) fs.rmSync(station, { recursive: true, force: true });
  }
}

function cannotMove(from: string, error: unknown): QmError {
  const code = errorCode(error);
  const apart = code === "EXDEV";
  return new QmError(
    "failed",
    apart ? "the queue's folders are not on one file system" : `a folder cannot be moved (${code})`,
    {
      path: from,
      tried: "move a folder through QM_qJobs, QM_Jobs, QM_dJobs and QM_lost+found",
      mend: apart
        ? "put all four on one file system and one mount (no links or mounts among them)"
        : "give the manager's user the right to write in all four",
      cause: error,
    },
  );
}
