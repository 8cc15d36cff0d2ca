const EXIT_CODES = {
  failed: 1,
  usage: 2,
  no_such_job: 3,
  no_such_worker: 3,
  refused: 4,
  already_ended: 4,
  no_daemon: 5,
  no_queue: 1,
  timeout: 124,
  interrupted: 130,
};

/** Every way in which the program refuses or fails; each has its exit code here, and its HTTP status in `web/errors.ts`. */
export type ErrorCode = keyof typeof EXIT_CODES;

/** The parts of an error besides its message. */
export interface ErrorDetails {
  readonly path?: string;
  /** The attempted step: "move the job to QM_Jobs". */
  readonly tried?: string;
  /** The remedy, as an instruction. */
  readonly mend?: string;
  readonly cause?: unknown;
}

/** The one error class: what went wrong, where, what was tried, how to mend it. */
export class QmError extends Error {
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly tried: string | undefined;
  readonly mend: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "QmError";
    this.code = code;
    this.path = details.path;
    this.tried = details.tried;
    this.mend = details.mend;
  }

  /** The exit code of a command that ends with this error. */
  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}
