import { type ErrorCode, type ErrorDetails, QmError } from "../text/errors.ts";
import type { Problem } from "../text/problem.ts";

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
