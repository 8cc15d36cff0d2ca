import { byLine, type Checked, describeProblem, type Problem } from "../text/problem.ts";
import { InfoCheck, type InfoField, type OwnKey } from "./info-check.ts";
import { infoKey } from "./info-key.ts";
import type { JobInfo, Person } from "./job-info.ts";

/** Things seen in an info file beside its options. */
export interface InfoSurroundings {
  readonly own?: readonly OwnKey[];
  /** Oddities of the file that are no reason to refuse it. */
  readonly notes?: readonly Problem[];
}

interface CheckContext extends InfoSurroundings {
  /** Faults of other options of the file. */
  readonly faults?: readonly Problem[];
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
  { faults, own, notes = [], folderUser }: CheckContext = {},
): Checked<JobInfo> {
  const check = new InfoCheck(fields, infoFile, faults, own);
  const { script, processors, owner, ...values } = check.values();
  if (script === "") check.noteMissingScript();
  const person = personOf(owner, check.addresses(), folderUser);
  // In the order in which records and programs get them.
  const value: JobInfo = { infoFile, script, processors, ...person, ...values };
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

/** Whom a job belongs to and who can be told, as far as its file is right: also of one that is refused. */
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

/** The options of an info file; or what is wrong with it, and those options that can be read all the same. */
export type ReadInfo =
  | (InfoSurroundings & { readonly kind: "ok"; readonly value: readonly InfoField[] })
  | (InfoSurroundings & {
      readonly kind: "problems";
      readonly problems: readonly Problem[];
      /** Absent where the file cannot be read at all. */
      readonly readable?: readonly InfoField[];
    });

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

/** The options that could be read, with what is wrong beside them. */
export function asReadInfo(
  fields: readonly InfoField[],
  problems: readonly Problem[],
  surroundings: InfoSurroundings = {},
): ReadInfo {
  return problems.length > 0
    ? { kind: "problems", problems, readable: fields, ...surroundings }
    : { kind: "ok", value: fields, ...surroundings };
}

/** More than a person would read; the rest is counted. */
const MAX_PROBLEMS = 20;

/** Checks what has been read of an info file; what is wrong with its form and with its values is reported together. */
export function checkReadInfo(read: ReadInfo, infoFile: string, folderUser?: string): Checked<JobInfo> {
  const { own = [], notes = [] } = read;
  const context = { own, notes, folderUser };
  if (read.kind === "ok") return checkInfo(read.value, infoFile, context);
  const { problems: faults, readable } = read;
  const checked =
    readable === undefined ? { problems: faults } : checkInfo(readable, infoFile, { ...context, faults });
  return "value" in checked
    ? checked
    : { kind: "problems", problems: firstProblems(checked.problems, infoFile) };
}

function firstProblems(problems: readonly Problem[], file: string): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const wrong = `has ${problems.length - MAX_PROBLEMS} more problems`;
  return [...problems.slice(0, MAX_PROBLEMS), { file, wrong, right: "mend the first ones and try again" }];
}
