import fs from "node:fs";
import path from "node:path";
import { isTrouble } from "../../disk/error-code.ts";

/**
 * The folder that a job's script runs in, by its path as written: absolute, or inside the job's folder, else inside `QM_FOLDER`;
 * undefined where none of these is a folder that may be entered. Throws where the disk keeps it from being told.
 */
export function findWorkingDirectory(
  written: string,
  jobFolder: string,
  qmFolder: string,
): string | undefined {
  return [jobFolder, qmFolder].map((base) => path.resolve(base, written)).find(isFolderToEnter);
}

function isFolderToEnter(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.X_OK);
    return fs.statSync(folder).isDirectory();
  } catch (error) {
    if (isTrouble(error)) throw error;
    return false;
  }
}
