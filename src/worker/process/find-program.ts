import fs from "node:fs";
import path from "node:path";
import { tryOr } from "../../text/try-or.ts";

/** The system's own folders of programs, whatever PATH the manager or a job has. */
export const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/** The file that a shell would run for this name, searching a PATH; undefined when there is none. */
export function findProgram(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(":")
    .map((folder) => path.join(folder === "" ? "." : folder, name))
    .find(isProgram);
}

/** True where the system lets us run this file. */
export function isProgram(file: string): boolean {
  // First, as it is in few folders of a PATH, and an error takes long to be made.
  const isFile = () => fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  return tryOr(() => isFile() && fs.accessSync(file, fs.constants.X_OK) === undefined, false);
}
