import { type ErrorCode, type ErrorDetails, QmError } from "./errors.ts";

/**
 * One fault in something a person wrote (an info file, the configuration), told so that they can mend it.
 * `wrong` and `right` are clauses that follow the key: `is "two"`, `should be a whole number from 1 up`; or `wrong` is a
 * question, and `right` says what is so.
 */
export interface Problem {
  /** The file as its author knows it: a name inside the job's folder, or a path. */
  readonly file: string;
  /** 1-based, where known. */
  readonly line?: number;
  readonly key?: string;
  readonly wrong: string;
  readonly right: string;
}

/** The clauses of a problem. */
export type Fault = Pick<Problem, "wrong" | "right">;

/** A value, or all the reasons why there is none. */
export type Checked<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] };

/** `infos.cfg, line 3, nb_proc: is "two"; should be a whole number from 1 up` */
export function describeProblem(problem: Problem): string {
  const where = [
    problem.file,
    problem.line === undefined ? "" : `line ${problem.line}`,
    problem.key ?? "",
  ].filter((part) => part !== "");
  const isQuestion = problem.wrong.endsWith("?");
  return `${where.join(", ")}: ${problem.wrong}${isQuestion ? " " : "; "}${problem.right}`;
}

/** The order of problems in their file; those without a line come first. */
export function byLine(one: Problem, other: Problem): number {
  return (one.line ?? 0) - (other.line ?? 0);
}

/** Something a person wrote is wrong, in all these ways. */
export class ProblemsError extends QmError {
  readonly problems: readonly Problem[];

  constructor(
    message: string,
    problems: readonly Problem[],
    code: ErrorCode = "failed",
    details: ErrorDetails = {},
  ) {
    super(code, message, details);
    this.problems = problems;
  }
}
