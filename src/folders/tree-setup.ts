import fs from "node:fs";
import path from "node:path";
import { QmError } from "../core/errors.ts";
import { errorCode } from "../files/error-code.ts";
import { type Layout, SHELVES } from "./layout.ts";

/** Creates the folders of a queue where they are missing. Throws `failed` with what to do. */
export function createFolders(layout: Layout): void {
  try {
    for (const shelf of SHELVES) fs.mkdirSync(layout[shelf], { recursive: true });
    fs.mkdirSync(layout.state, { recursive: true });
  } catch (error) {
    throw new QmError("failed", `the queue's folders cannot be created (${errorCode(error)})`, {
      path: layout.root,
      tried: "create QM_FOLDER and the folders in it",
      mend: "choose another QM_FOLDER, or give the manager's user the right to write there",
      cause: error,
    });
  }
}

/** Makes a folder again that somebody deleted under the running manager; `QM_FOLDER` itself only at its start. */
export function restoreFolders(layout: Layout): void {
  for (const shelf of SHELVES) {
    if (!fs.existsSync(layout[shelf]) && fs.existsSync(layout.root)) fs.mkdirSync(layout[shelf]);
  }
}

/**
 * Moves an empty folder once around all four, as each job will go. Throws `failed` where that does not work: then
 * they are not on one file system, or the manager may not write in one.
 */
export function tryMoves(layout: Layout): void {
  const name = `.qm-trial-${process.pid}`;
  const stations = SHELVES.map((shelf) => path.join(layout[shelf], name));
  let from = stations[0] ?? name;
  try {
    for (const leftover of stations) fs.rmSync(leftover, { recursive: true, force: true });
    fs.mkdirSync(from);
    for (const to of stations.slice(1)) {
      fs.renameSync(from, to);
      from = to;
    }
  } catch (error) {
    throw cannotMove(path.dirname(from), error);
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
