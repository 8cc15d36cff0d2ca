import fs from "node:fs";
import path from "node:path";
import { codeOrText, isDenied, isThere } from "../../disk/error-code.ts";
import { type RefusedRead, readRegularFile } from "../../disk/safe-read.ts";
import { readInfoText } from "../../formats/info-text.ts";
import { type ForeignDirectives, readForeignDirectives } from "../../formats/sbatch.ts";
import { besides } from "../../formats/sh.ts";
import { checkReadInfo, personIn, type ReadInfo, unreadableInfo, type WrittenPath } from "../../job/info.ts";
import type { JobInfo, Person } from "../../job/job-info.ts";
import { bashNotes, type JobScript, scriptNotes } from "../../job/script-notes.ts";
import { quoted } from "../../text/escape.ts";
import type { Checked, Problem } from "../../text/problem.ts";
import { tryOr } from "../../text/try-or.ts";
import { igorFileIn } from "../igor-file.ts";
import { MAX_INFO_BYTES, readInfoBytes } from "../info-bytes.ts";
import { misplacedInfo } from "./misplaced-info.ts";
import { findWorkingDirectory } from "./working-directory.ts";

/** Rules by which an info file is looked for and judged. */
export interface InfoRules {
  /** Names in the order they are looked for; the first one present is taken, whatever it is. */
  readonly jobFiles: readonly string[];
  /** Absolute. */
  readonly qmFolder: string;
}

/**
 * Finds, reads and checks a job's info file. Throws where the disk, or a lack of handles, keeps it from being read.
 * @param folderUser the user whom the folder belongs to, who is the owner where the file names none
 */
export function readJobInfo(
  jobFolder: string,
  { jobFiles, qmFolder }: InfoRules,
  folderUser?: string,
): Checked<JobInfo> {
  const name = infoFileOf(jobFolder, jobFiles);
  if (name === undefined) return withoutInfoFile(jobFolder, jobFiles);
  const read = readFields(jobFolder, name);
  const problems = [...read.problems, ...missingFolder(read.workingDirectory, name, jobFolder, qmFolder)];
  return checkReadInfo({ ...read, problems }, name, folderUser);
}

function missingFolder(
  place: WrittenPath | undefined,
  file: string,
  jobFolder: string,
  qmFolder: string,
): Problem[] {
  if (place === undefined || findWorkingDirectory(place.written, jobFolder, qmFolder) !== undefined)
    return [];
  const { line, written } = place;
  const right = "should be a folder: an absolute path, or one in the job's folder or in QM_FOLDER";
  return [
    { file, line, key: "WorkingDirectory", wrong: `is ${quoted(written, 255)}, which is no folder`, right },
  ];
}

/** The owner of a refused job, and who can be told, as far as its info file can be read. */
export function readPerson(jobFolder: string, jobFiles: readonly string[], folderUser?: string): Person {
  const name = infoFileOf(jobFolder, jobFiles);
  const read = name === undefined ? undefined : readFields(jobFolder, name);
  return personIn(read?.fields ?? [], folderUser);
}

/** Differs after every change of an info file, also one in place, which its folder's own times do not show. */
export function infoStamp(jobFolder: string, name: string): string {
  try {
    const found = fs.lstatSync(path.join(jobFolder, name), { throwIfNoEntry: false });
    return found === undefined ? "absent" : `${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
  } catch (error) {
    return codeOrText(error);
  }
}

/** A job's info file that the system does not let be opened, and its code; undefined where it does, or there is none. */
export function closedInfo(
  jobFolder: string | Buffer,
  jobFiles: readonly string[],
): { readonly name: string; readonly code: string } | undefined {
  const folder = jobFolder.toString();
  const name = infoFileOf(folder, jobFiles);
  if (name === undefined) return undefined;
  const read = readRegularFile(path.join(folder, name), MAX_INFO_BYTES);
  return read.kind === "refused" && isDenied(read.code) ? { name, code: read.code } : undefined;
}

/** The name of a job's info file; undefined where there is none. */
export function infoFileOf(jobFolder: string, jobFiles: readonly string[]): string | undefined {
  return jobFiles.find((candidate) => isThere(path.join(jobFolder, candidate))) ?? igorFileIn(jobFolder);
}

function withoutInfoFile(jobFolder: string, jobFiles: readonly string[]): Checked<never> {
  const misplaced = misplacedInfo(jobFolder, jobFiles);
  const absent = fault(jobFiles.join(" or "), "there is no info file in the folder", HINT);
  return { kind: "problems", problems: misplaced === undefined ? absent : [misplaced] };
}

/** The options of the info file of this name in a job's folder. Throws as {@link readJobInfo}. */
export function readFields(jobFolder: string, name: string): ReadInfo {
  const read = readInfoBytes(jobFolder, name);
  switch (read.kind) {
    case "read":
      return withScript(readInfoText(read.bytes, name), jobFolder, name);
    case "absent":
      return unreadableInfo(fault(name, "it vanished while the folder was read", HINT));
    case "refused":
      if (read.isTrouble) throw new Error(`${name} ${read.why}`);
      return unreadableInfo(fault(name, `it ${read.why}`, rightOf(read)));
  }
}

function rightOf({ code }: RefusedRead): string {
  return isDenied(code)
    ? "the manager's user must be able to read it, as after `chmod a+r`"
    : "an info file is a regular text file of at most 256 KB";
}

const HINT = "put one in that says at least which script to run, and copy the folder again";

function fault(file: string, wrong: string, right: string): Problem[] {
  return [{ file, wrong, right }];
}

/** `./run.sh`, or `bash run.sh`, with arguments or not. */
const PLAIN_FILE = /^\s*(?:(?:\S*\/)?(?:ba|da|z|k)?sh\s+)?(?:\.\/)?'?([\p{L}\p{N}_+. -]+?)'?(?=$|[\s;|&<>])/u;

/** The script that a command line runs; undefined where it runs none of the folder, or one that is no small text. */
function scriptOf(jobFolder: string, command: string): JobScript | undefined {
  const name = PLAIN_FILE.exec(command)?.[1];
  if (name === undefined) return undefined;
  const read = readInfoBytes(jobFolder, name);
  return read.kind === "read" ? { name, text: read.bytes.toString("utf8") } : undefined;
}

/**
 * The options of an info file, with what the script that it runs says to another batch system, where the file itself does
 * not, and with notes about what a shell will not run as it is meant.
 */
function withScript(read: ReadInfo, jobFolder: string, infoFile: string): ReadInfo {
  const { fields: options } = read;
  const command = options?.findLast(({ key }) => key === "script");
  if (options === undefined || command === undefined) return read;
  const script = read.workingDirectory === undefined ? scriptOf(jobFolder, command.value) : undefined;
  const { fields, problems, notes } = besides(directivesOf(script, infoFile), options);
  const all = [...fields.map(({ key, value }) => ({ key, value })), ...options];
  const ofShell = [
    ...(script === undefined ? [] : scriptNotes(script)),
    ...(isBash("/bin/sh") ? [] : bashNotes(command, script, infoFile)),
  ];
  return {
    ...read,
    fields: all,
    problems: [...read.problems, ...problems],
    notes: [...ofShell, ...notes, ...read.notes],
  };
}

// Those of a script that is the info file itself are among its options already.
function directivesOf(script: JobScript | undefined, infoFile: string): ForeignDirectives {
  if (script === undefined || script.name === infoFile) return { fields: [], problems: [], notes: [] };
  return readForeignDirectives(script.text.split(/\r?\n/), script.name);
}

function isBash(program: string): boolean {
  return tryOr(() => path.basename(fs.realpathSync.native(program)) === "bash", true);
}
