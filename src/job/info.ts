import { byLine, type Checked, describeProblem, type Problem } from "../text/problem.ts";
import { InfoCheck, type InfoField, type OwnKey } from "./info-check.ts";
import { infoKey } from "./info-key.ts";
import type { JobInfo, Person } from "./job-info.ts";

/** The options of an info file, and all that was seen beside them. */
export interface ReadInfo {
  /** Those that can be read, in their order; undefined where the file cannot be read at all. */
  readonly fields: readonly InfoField[] | undefined;
  /** Faults of other options of the file, or of the file itself. */
  readonly problems: readonly Problem[];
  readonly own: readonly OwnKey[];
  /** Oddities of the file that are no reason to refuse it. */
  readonly notes: readonly Problem[];
  /** The folder to run the script in, where the file names one. */
  readonly workingDirectory?: WrittenPath;
  /** The name of a worker, where the file prefers one. */
  readonly prefers?: string;
}

/** A path as an info file gives it. */
export interface WrittenPath {
  readonly written: string;
  /** 1-based. */
  readonly line: number;
}

interface CheckContext extends Partial<Omit<ReadInfo, "fields">> {
  /** The user whom the folder belongs to: the owner where the file names none. */
  readonly folderUser?: string | undefined;
}

/**
 * Checks what an info file asks for and fills in the defaults; reports everything that is wrong together.
 * An empty value is as good as none. Of a key given several times the last counts, but all addresses of `e_mail` do.
 * A fault in `e_mail` refuses no job: it is a warning, and the addresses that are right are used.
 */
export function checkInfo(
  fields: readonly InfoField[],
  infoFile: string,
  { problems: faults, own, notes = [], workingDirectory, prefers, folderUser }: CheckContext = {},
): Checked<JobInfo> {
  const check = new InfoCheck(fields, infoFile, faults, own);
  const { script, processors, owner, ...values } = check.values();
  if (script === "") check.noteMissingScript();
  const person = personOf(owner, check.addresses(), folderUser);
  // In the order in which records and programs get them.
  const value: JobInfo = {
    infoFile,
    script,
    processors,
    ...person,
    ...values,
    ...(workingDirectory !== undefined && { workingDirectory: workingDirectory.written }),
    ...(prefers !== undefined && { prefers }),
  };
  const slips = [...check.mailFaults, ...check.misspellings()];
  if (check.problems.length > 0) {
    const isTold = ({ key, line }: Problem) =>
      check.problems.some((told) => told.key !== undefined && told.key === key && told.line === line);
    const more = notes.filter((note) => !isTold(note));
    return { kind: "problems", problems: [...check.problems, ...slips, ...more].sort(byLine) };
  }
  const warnings = [...slips, ...notes].sort(byLine).map(describeProblem);
  return { kind: "ok", value: warnings.length === 0 ? value : { ...value, warnings: firstOf(warnings) } };
}

/** The owner of a job and who can be told, as far as its file is right: also of one that is refused. */
export function personIn(fields: readonly InfoField[], folderUser: string | undefined): Person {
  const check = new InfoCheck(fields, "");
  return personOf(check.values().owner, check.addresses(), folderUser);
}

// With an address alone the record has no owner of its own: `ownerOf` tells it.
function personOf(
  written: string | undefined,
  mailTo: readonly string[],
  folderUser: string | undefined,
): Pick<JobInfo, "mailTo" | "owner"> {
  const owner = written ?? (mailTo.length === 0 ? folderUser : undefined);
  return owner === undefined ? { mailTo } : { mailTo, owner };
}

/** More than a person would read, and than should stand in a log's first line. */
const MAX_WARNINGS = 8;

function firstOf(warnings: readonly string[]): readonly string[] {
  const more = warnings.length - MAX_WARNINGS;
  return more <= 0 ? warnings : [...warnings.slice(0, MAX_WARNINGS), `and ${more} more like these`];
}

/** An option as a file gives it; nobody asks for the value of one of the user's own. */
export interface WrittenOption {
  /** As written. */
  readonly key: string;
  /** 1-based. */
  readonly line: number;
  readonly value: Checked<string>;
}

/** The options of a file with a meaning, what is wrong with the others of these, and the keys of the user's own. */
export function sortOptions(written: readonly WrittenOption[]) {
  const known = written.flatMap((option) => {
    const key = infoKey(option.key);
    return key === undefined ? [] : [{ key, line: option.line, read: option.value }];
  });
  return {
    fields: known.flatMap(({ read, ...place }) =>
      read.kind === "ok" ? [{ ...place, value: read.value }] : [],
    ),
    problems: known.flatMap(({ read }) => (read.kind === "problems" ? read.problems : [])),
    own: written.filter(({ key }) => infoKey(key) === undefined).map(({ key, line }) => ({ key, line })),
  };
}

/** A file that cannot be read at all. */
export function unreadableInfo(problems: readonly Problem[]): ReadInfo {
  return { fields: undefined, problems, own: [], notes: [] };
}

/** More than a person would read; the rest is counted. */
const MAX_PROBLEMS = 20;

/** Checks what has been read of an info file; what is wrong with its form and with its values is reported together. */
export function checkReadInfo(read: ReadInfo, infoFile: string, folderUser?: string): Checked<JobInfo> {
  const { fields, ...beside } = read;
  if (fields === undefined) return { kind: "problems", problems: firstProblems(read.problems, infoFile) };
  const checked = checkInfo(fields, infoFile, { ...beside, folderUser });
  if (checked.kind === "ok" || read.problems.length === 0) return checked;
  return { kind: "problems", problems: firstProblems(checked.problems, infoFile) };
}

function firstProblems(problems: readonly Problem[], file: string): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const wrong = `has ${problems.length - MAX_PROBLEMS} more problems`;
  return [...problems.slice(0, MAX_PROBLEMS), { file, wrong, right: "mend the first ones and try again" }];
}
