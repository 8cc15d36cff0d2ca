import path from "node:path";
import { join } from "../../disk/held-folder.ts";
import { type JobFolder, readHead } from "../../disk/job-files.ts";
import {
  givenInputs,
  isAsListed,
  type JobInputs,
  MAX_INPUTS_BYTES,
  parseInputs,
} from "../books/job-inputs.ts";
import { isManagersOwn } from "../books/job-records.ts";
import { JOB_FILES } from "../layout.ts";
import { isRequestEntry } from "../request-files.ts";

/**
 * True for a thing in a job's folder that is one of its results, by its path, relative and in bytes, and, for a file, its
 * size and time.
 */
export type IsResult = (
  relative: Buffer,
  file?: { readonly bytes: number; readonly mtimeMs: number },
) => boolean;

/**
 * Tells what in a job's folder are its results: what it wrote, by the rule of `planClean`, what it changed, and the log
 * and the status text of its last run. Where nobody knows what lay there when it started, all that is not the
 * manager's counts. Throws what the file system throws.
 */
export async function resultsIn(folder: JobFolder): Promise<IsResult> {
  const inputs = await readInputs(folder);
  const given = inputs === undefined ? undefined : givenInputs(inputs);
  return (relative, file) => {
    const text = relative.toString("utf8");
    if (text === JOB_FILES.log || text === JOB_FILES.statusText) return true;
    if (isManagersOwn(text)) return false;
    if (file !== undefined && isRequestEntry({ path: relative, type: "file", bytes: file.bytes }))
      return false;
    const input = given?.get(relative.toString("latin1"));
    if (input === undefined) return true;
    return file !== undefined && !isAsListed(input, file);
  };
}

/** A path inside a job's folder as {@link IsResult} takes it. */
export function relativePath(segments: readonly Buffer[]): Buffer {
  return segments.reduce((folder, name) => join(folder, name));
}

// The job may have put anything there: it is opened like every other of its files.
async function readInputs(folder: JobFolder): Promise<JobInputs | undefined> {
  const opened = await folder.open(JOB_FILES.inputs.split(path.sep).map((name) => Buffer.from(name)));
  if (opened.kind !== "file") return undefined;
  await using file = opened;
  if (file.bytes > MAX_INPUTS_BYTES) return undefined;
  return parseInputs((await readHead(file, MAX_INPUTS_BYTES)).toString("utf8"));
}
