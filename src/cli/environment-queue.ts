import fs from "node:fs";
import path from "node:path";
import { publishedStatus } from "../app/manager-state.ts";
import type { NamedQueue } from "../config/find-file.ts";
import { layoutOf } from "../queue/layout.ts";
import type { Io } from "./io.ts";

/**
 * The queue that `$QM_FOLDER` means, as in every job, with its manager's configuration. Undefined where the variable is not set, and
 * where the current folder has a `QMserv.cfg` of its own; inside the queue such a file is a job's input, and means nothing.
 */
export function queueOfEnvironment({ env, cwd }: Pick<Io, "env" | "cwd">): NamedQueue | undefined {
  const folder = env["QM_FOLDER"] ?? "";
  if (!path.isAbsolute(folder)) return undefined;
  if (fs.existsSync(path.join(cwd, "QMserv.cfg")) && !isWithin(cwd, folder)) return undefined;
  const file = publishedStatus(layoutOf(folder))?.configuration?.file;
  return { folder, file: file !== undefined && isReadable(file) ? file : undefined };
}

function isWithin(inner: string, outer: string): boolean {
  const way = path.relative(realPath(outer), realPath(inner));
  return way !== ".." && !way.startsWith("../");
}

function realPath(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    return folder;
  }
}

// On a machine that mounts the queue the manager's file need not be there.
function isReadable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
