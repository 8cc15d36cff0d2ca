import fs from "node:fs";
import path from "node:path";
import { writeFileAtomically } from "../../disk/durable.ts";
import { infoTextAsUtf8 } from "../../formats/info-text.ts";
import { checkInfo } from "../../job/info.ts";
import type { InfoField } from "../../job/info-check.ts";
import type { JobInfo } from "../../job/job-info.ts";
import type { Checked, Problem } from "../../text/problem.ts";
import { readFields, readJobInfo } from "../intake/info-file.ts";
import { amendText, type InfoOptions } from "./amend-text.ts";

/**
 * Writes options into the info file of a job's folder, which is the caller's own copy. Options live nowhere else:
 * whatever `job_file` lists, and whatever the file's format, the file that the manager will read says what counts.
 * The result is read back as the manager will; where it is not exactly what was wanted (an option that others refer
 * to, a key hidden in `[DEFAULT]`), that is a problem and the caller throws the copy away.
 */
export function amendInfo(
  jobFolder: string,
  jobFiles: readonly string[],
  options: InfoOptions,
): Checked<JobInfo> {
  const before = readJobInfo(jobFolder, jobFiles);
  if (before.kind === "problems" || options.size === 0) return before;
  const { infoFile } = before.value;
  const file = path.join(jobFolder, infoFile);
  const bytes = fs.readFileSync(file);
  const fields = readFields(jobFolder, infoFile);
  if (fields.kind === "problems") return fields;
  const wanted = checkInfo(replaced(fields.value, options), infoFile);
  if (wanted.kind === "problems") return wanted;
  const given = new Set(fields.value.map(({ key }) => key));
  writeFileAtomically(
    file,
    amendText(infoTextAsUtf8(bytes, infoFile), infoFile, options, given),
    modeOf(file),
  );
  const after = readJobInfo(jobFolder, jobFiles);
  const isWanted = after.kind === "ok" && isSame(after.value, wanted.value);
  return isWanted ? after : { kind: "problems", problems: [cannotAmend(infoFile, options)] };
}

// But for warnings: the lines that they name have moved.
function isSame(one: JobInfo, other: JobInfo): boolean {
  return JSON.stringify({ ...one, warnings: [] }) === JSON.stringify({ ...other, warnings: [] });
}

function replaced(fields: readonly InfoField[], options: InfoOptions): InfoField[] {
  const kept = fields.filter(({ key }) => ![...options.keys()].some((changed) => changed === key));
  return [...kept, ...[...options].map(([key, value]) => ({ key, value }))];
}

function modeOf(file: string): number {
  return fs.statSync(file).mode & 0o777;
}

function cannotAmend(file: string, options: InfoOptions): Problem {
  const keys = [...options.keys()].join(", ");
  return {
    file,
    wrong: `${keys} cannot be written into it without changing something else`,
    right: "write it into the file yourself and submit without the option",
  };
}
