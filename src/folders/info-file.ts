import fs from "node:fs";
import path from "node:path";
import { checkInfo } from "../core/info.ts";
import type { JobInfo } from "../core/job-info.ts";
import type { Checked } from "../core/problem.ts";
import { readRegularFile } from "../files/safe-read.ts";
import { readInfoText } from "../formats/info-text.ts";

const MAX_INFO_BYTES = 256 * 1024;

/**
 * Finds, reads and checks a job's info file.
 * @param jobFiles names in the order they are looked for; the first one present is taken, whatever it is
 */
export function readJobInfo(jobFolder: string, jobFiles: readonly string[]): Checked<JobInfo> {
  const name = jobFiles.find((candidate) => isPresent(path.join(jobFolder, candidate)));
  if (name === undefined) return refuse(jobFiles.join(" or "), "there is no info file in the folder", HINT);
  const read = readRegularFile(path.join(jobFolder, name), MAX_INFO_BYTES);
  if (read.kind === "absent") return refuse(name, "it vanished while the folder was read", HINT);
  if (read.kind === "refused") {
    return refuse(name, `it ${read.why}`, "an info file is a regular text file of at most 256 KB");
  }
  const fields = readInfoText(read.bytes, name);
  return fields.kind === "ok" ? checkInfo(fields.value, name) : fields;
}

const HINT = "put one in that says at least which script to run, and copy the folder again";

function isPresent(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function refuse(file: string, wrong: string, right: string): Checked<JobInfo> {
  return { kind: "problems", problems: [{ file, wrong, right }] };
}
