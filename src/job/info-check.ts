import { quoted } from "../text/escape.ts";
import type { Fault, Problem } from "../text/problem.ts";
import { ADDRESSES_RIGHT, eachOnce, findAddresses } from "./addresses.ts";
import { type FieldSpec, INFO_FIELDS } from "./info-fields.ts";
import { askFor, infoKey, meantAsScript, misspelledKey } from "./info-key.ts";
import type { JobInfo } from "./job-info.ts";

/** The fields of the table. */
type InfoValues = Pick<JobInfo, keyof typeof INFO_FIELDS>;

/** One option as an info file gives it, in any of the formats. */
export interface InfoField {
  /** Canonical: one of `INFO_KEYS`. */
  readonly key: string;
  readonly value: string;
  /** 1-based, where known. */
  readonly line?: number;
}

/** A key of the user's own, as written. */
export interface OwnKey {
  readonly key: string;
  /** 1-based, where known. */
  readonly line?: number;
}

/** Reads values one by one and keeps what is wrong with them. */
export class InfoCheck {
  readonly problems: Problem[];
  /** Faults in `e_mail`, which refuse no job. */
  readonly mailFaults: Problem[];
  readonly #fields: readonly InfoField[];
  readonly #own: readonly OwnKey[];
  readonly #file: string;

  constructor(
    fields: readonly InfoField[],
    file: string,
    faults: readonly Problem[] = [],
    own: readonly OwnKey[] = [],
  ) {
    const isOfMail = ({ key = "" }: Problem) => infoKey(key) === "e_mail";
    this.problems = faults.filter((fault) => !isOfMail(fault));
    this.mailFaults = faults.filter(isOfMail);
    this.#fields = fields;
    this.#own = own;
    this.#file = file;
  }

  /** The values of all fields of the table, with their defaults. */
  values(): InfoValues {
    const values = Object.entries(INFO_FIELDS).map(([name, spec]) => [name, this.#value(spec)]);
    // Object.fromEntries cannot know that each field now has the value that its key is read to.
    return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as InfoValues;
  }

  /** The key's last value; where that is not given, empty or wrong the value without it. */
  #value({ key, read, otherwise }: Pick<FieldSpec<unknown>, "key" | "read" | "otherwise">): unknown {
    const field = this.#fields.findLast((candidate) => candidate.key === key);
    const text = field?.value.trim() ?? "";
    if (text === "") return otherwise;
    const result = read(text);
    if (result.kind === "ok") return result.value;
    const right = result.right + commentHint(text);
    this.problems.push(this.#at(field, { key, wrong: result.wrong ?? `is ${quoted(text)}`, right }));
    return otherwise;
  }

  /** All addresses that are right; the others are warned of. */
  addresses(): readonly string[] {
    const found = this.#fields
      .filter(({ key }) => key === "e_mail")
      .map((field) => ({ field, ...findAddresses(field.value) }));
    for (const { field, bad } of found) {
      const right = `${ADDRESSES_RIGHT}; it gets no mail`;
      for (const text of bad)
        this.mailFaults.push(this.#at(field, { key: "e_mail", wrong: `has ${quoted(text)}`, right }));
    }
    return eachOnce(found.flatMap(({ addresses }) => addresses));
  }

  /** Notes that there is no script, unless a problem is noted already that may be the reason. */
  noteMissingScript(): void {
    if (this.problems.some(({ key = "script" }) => infoKey(key) === "script")) return;
    const empty = this.#fields.findLast(({ key }) => key === "script");
    const meant = empty === undefined ? meantAsScript(this.#own) : undefined;
    const wrong = empty === undefined ? "is missing" : "is empty";
    const right =
      meant === undefined ? "should give the command line to run" : askFor(meant.key, "script", meant.line);
    this.problems.push(this.#at(empty, { key: "script", wrong, right }));
  }

  /** The user's own keys that are probably meant as others, but for one that is asked about already. */
  misspellings(): readonly Problem[] {
    const right = "As it stands it is a key of your own";
    return this.#own.flatMap((own) => {
      const meant = misspelledKey(own.key);
      const isAsked = this.problems.some((problem) => problem.right === askFor(own.key, "script", own.line));
      return meant === undefined || isAsked ? [] : [this.#at(own, { wrong: askFor(own.key, meant), right })];
    });
  }

  #at(field: OwnKey | undefined, problem: Pick<Problem, "key" | "wrong" | "right">): Problem {
    return { file: this.#file, ...(field?.line === undefined ? {} : { line: field.line }), ...problem };
  }
}

/** The form of comments in the files that people write. */
const COMMENT_RIGHT = "a comment should have a line of its own, as there is none behind a value";

/** Text behind a value that looks like a comment (`; words`, `# words`); undefined where nothing does. */
export function inlineComment(value: string): string | undefined {
  const lastLine = value.slice(value.lastIndexOf("\n") + 1);
  return /\s([;#](?:\s+\S|\p{L}).*)$/u.exec(lastLine)?.[1];
}

/** Clauses that warn of a comment behind a value, which the value then holds; undefined where there is none. */
export function commentWarning(value: string): Fault | undefined {
  const comment = inlineComment(value);
  if (comment === undefined) return undefined;
  return { wrong: `ends in ${quoted(comment)}, which is part of the value`, right: COMMENT_RIGHT };
}

/** Addition to the advice about a wrong value where a comment stands behind it; else nothing. */
export function commentHint(value: string): string {
  return inlineComment(value) === undefined ? "" : `; ${COMMENT_RIGHT}`;
}

/**
 * Warnings of the comments behind the options of an info file. In `script` a `;` begins another command and quotes may hold a `#`;
 * in `e_mail` each address is looked at by itself.
 */
export function commentNotes(fields: readonly InfoField[], file: string): Problem[] {
  return fields.flatMap(({ key, value, line }) => {
    const warning = key === "script" ? shellWarning(value) : commentWarning(value);
    if (warning === undefined || key === "e_mail") return [];
    return [{ file, ...(line !== undefined && { line }), key, ...warning }];
  });
}

function shellWarning(script: string): Fault | undefined {
  const warning = commentWarning(script);
  const isOfShell = /^[^;"'`][^"'`]*$/.test(inlineComment(script) ?? "");
  return warning && isOfShell ? { ...warning, right: "the shell takes it for a comment" } : undefined;
}
