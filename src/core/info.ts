import { readAddresses } from "./info-address.ts";
import {
  type InfoValue,
  readDescription,
  readKillGrace,
  readMailMoments,
  readOwner,
  readPriority,
  readProcessors,
  readScript,
  readSize,
  readTimeLimit,
} from "./info-values.ts";
import type { JobInfo, Person } from "./job-info.ts";
import type { Checked, Problem } from "./problem.ts";
import { quoted } from "./quoted.ts";

/** One option as an info file gives it, in any of the formats. */
export interface InfoField {
  /** Canonical: one of `INFO_KEYS`, or a key of the user's own. */
  readonly key: string;
  readonly value: string;
  /** 1-based, where known. */
  readonly line?: number;
}

/** The keys with a meaning; all others are the user's own. */
export const INFO_KEYS = [
  "script",
  "nb_proc",
  "e_mail",
  "owner",
  "info",
  "priority",
  "size",
  "time_limit",
  "mail_on",
  "kill_grace",
] as const;

/** A key with a meaning. */
export type InfoKey = (typeof INFO_KEYS)[number];

/** The key that a word stands for, in any case and with `e-mail` for `e_mail`; `undefined` if it is the user's own. */
export function infoKey(written: string): InfoKey | undefined {
  const lower = written.toLowerCase();
  const canonical = lower === "e-mail" ? "e_mail" : lower;
  return INFO_KEYS.find((key) => key === canonical);
}

/** What is known of an info file beside its options. */
interface InfoSurroundings {
  /** What is wrong with other options of the file. */
  readonly faults?: readonly Problem[];
  /** The user whom the folder belongs to: the owner where the file names none. */
  readonly folderUser?: string | undefined;
}

/**
 * Checks what an info file asks for and fills in the defaults; reports everything that is wrong together.
 * An empty value is as good as none. Of a key given several times the last counts, except that two
 * different values of `e_mail` (perhaps once as `e-mail`) are a problem: somebody would get no mail.
 */
export function checkInfo(
  fields: readonly InfoField[],
  infoFile: string,
  { faults = [], folderUser }: InfoSurroundings = {},
): Checked<JobInfo> {
  const check = new InfoCheck(fields, infoFile, faults);
  const script = check.value("script", readScript);
  const size = check.value("size", readSize);
  const timeLimitSeconds = check.value("time_limit", readTimeLimit);
  const mailOn = check.value("mail_on", readMailMoments);
  const killGraceSeconds = check.value("kill_grace", readKillGrace);
  const value: JobInfo = {
    infoFile,
    script: script ?? check.missing("script", "should give the command line to run"),
    processors: check.value("nb_proc", readProcessors) ?? 1,
    ...personOf(check, folderUser),
    description: check.value("info", readDescription) ?? "",
    priority: check.value("priority", readPriority) ?? 0,
    ...(size === undefined ? {} : { size }),
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    ...(mailOn === undefined ? {} : { mailOn }),
    ...(killGraceSeconds === undefined ? {} : { killGraceSeconds }),
  };
  const problems = check.problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return problems.length > 0 ? { kind: "problems", problems } : { kind: "ok", value };
}

/** Whom a job belongs to and who can be told, as far as its file is right: also of one that is refused. */
export function personIn(fields: readonly InfoField[], folderUser: string | undefined): Person {
  return personOf(new InfoCheck(fields, "", []), folderUser);
}

// With an address alone the record has no owner of its own: `ownerOf` tells it.
function personOf(check: InfoCheck, folderUser: string | undefined): Pick<JobInfo, "mailTo" | "owner"> {
  const mailTo = check.sameValue("e_mail", readAddresses) ?? [];
  const owner = check.value("owner", readOwner) ?? (mailTo.length === 0 ? folderUser : undefined);
  return owner === undefined ? { mailTo } : { mailTo, owner };
}

/** Reads values one by one and keeps what is wrong with them. */
class InfoCheck {
  readonly problems: Problem[];
  readonly #fields: readonly InfoField[];
  readonly #file: string;

  constructor(fields: readonly InfoField[], file: string, faults: readonly Problem[]) {
    this.problems = [...faults];
    this.#fields = fields;
    this.#file = file;
  }

  /** The key's last value, or nothing where it is not given, empty or wrong. */
  value<T>(key: InfoKey, read: (text: string) => InfoValue<T>): T | undefined {
    const field = this.#fields.findLast((candidate) => candidate.key === key);
    const text = field?.value.trim() ?? "";
    if (text === "") return undefined;
    const result = read(text);
    if (result.kind === "ok") return result.value;
    this.#addProblem(key, field?.line, result.wrong ?? `is ${quoted(text)}`, result.right);
    return undefined;
  }

  /** As `value`, for a key that may be given several times only with one and the same value. */
  sameValue<T>(key: InfoKey, read: (text: string) => InfoValue<T>): T | undefined {
    const given = this.#fields.filter((field) => field.key === key && field.value.trim() !== "");
    const other = given.find((field) => field.value.trim() !== given[0]?.value.trim());
    if (other === undefined) return this.value(key, read);
    const wrong = `is given as ${quoted(given[0]?.value.trim() ?? "")} and as ${quoted(other.value.trim())}`;
    this.#addProblem(key, other.line, wrong, "should be given once");
    return undefined;
  }

  /** Notes that a required key has no value, unless a problem is noted already that may be the reason. */
  missing(key: InfoKey, right: string): string {
    if (!this.problems.some((problem) => problem.key === key || problem.key === undefined)) {
      const field = this.#fields.findLast((candidate) => candidate.key === key);
      this.#addProblem(key, field?.line, field === undefined ? "is missing" : "is empty", right);
    }
    return "";
  }

  #addProblem(key: InfoKey, line: number | undefined, wrong: string, right: string): void {
    this.problems.push({ file: this.#file, ...(line === undefined ? {} : { line }), key, wrong, right });
  }
}
