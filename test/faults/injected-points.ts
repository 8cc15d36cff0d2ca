import { aimablePoints, type CallPoint, type KeyedPoint } from "./every-call-points.ts";
import type { Call } from "./every-call-trace.ts";

/** Calls that are to fail, and with what. */
export interface FailingPoint extends KeyedPoint {
  readonly failure: Failure;
}

interface Failure {
  readonly error: string;
  /** Number of calls in a row: with two, the first try again fails too. */
  readonly times: number;
}

const [ONCE, TWICE] = [1, 2];

/** Errors that may befall a call that changes something, on a machine that is worn, full or crowded. */
const FAILURES: readonly (readonly [calls: RegExp, failures: readonly Failure[]])[] = [
  [/^open.* QM_\w*Jobs\/job\/process\.log$/, [{ error: "ENOSPC", times: ONCE }]],
  [
    /^open/,
    [
      { error: "EACCES", times: ONCE },
      { error: "ENOSPC", times: TWICE },
    ],
  ],
  [
    /^(?:rename|link)/,
    [
      { error: "EXDEV", times: ONCE },
      { error: "EIO", times: TWICE },
    ],
  ],
  [
    /^p?write/,
    [
      { error: "ENOSPC", times: TWICE },
      { error: "EIO", times: ONCE },
    ],
  ],
  [/^mkdir/, [{ error: "ENOSPC", times: TWICE }]],
  [/^(?:v?fork|clone)/, [{ error: "EAGAIN", times: TWICE }]],
  // A signal that is refused makes another end of the job, and no wrong one.
  [/^(?:t?g?kill|pidfd_send_signal)/, []],
  [/./, [{ error: "EIO", times: ONCE }]],
];
const LOOK_FAILS: Failure = { error: "EIO", times: ONCE };
const OPENING_TO_LOOK_FAILS: Failure = { error: "EMFILE", times: ONCE };

/** The turns in a job's life: the moves of its folder, and the start of a process. */
const JOB_MOVES = /^rename\w* QM_[^/ ]+\/job (QM_[^/ ]+)\/job$/;
const STARTS = /^(?:v?fork|clone3?)$/;

/**
 * The calls of a manager that may fail, each with every error that suits it. Calls are alike when they do the same with
 * the same file, whatever number an attempt has; and, where they only look, when the manager has seen the job at all or
 * has not. With `finely` they are alike only on the same stretch of the job's life too: until the manager sees the job,
 * until the job is claimed, until it is started, until it is moved to where it rests, afterwards.
 */
export function failingPoints(calls: readonly Call[], { finely = false } = {}): FailingPoint[] {
  let stretch = "start";
  return aimablePoints(calls).flatMap(({ call, point }): FailingPoint[] => {
    const isBefore = stretch === "start";
    const where = finely ? stretch : String(isBefore && !call.changes);
    const what = point.what.replaceAll(/(?<=\/job\.)\d+/g, "N").replace(/(?<=\.leaving-\*)\/.*/, "/*");
    stretch = nextStretch(stretch, call, point);
    if (!isSafeToFail(call, point)) return [];
    return failuresOf(call, point).map((failure) => ({
      point,
      failure,
      key: [where, what, failure.error].join("\n"),
    }));
  });
}

// A call that strace can only count to has to be of a kind that always comes in the same order: a write that fails among those
// by which threads wake one another ends the whole program.
function isSafeToFail(call: Call, { file }: CallPoint): boolean {
  return file !== undefined || (call.changes && !/write/.test(call.name));
}

function nextStretch(stretch: string, { name, files }: Call, { what }: CallPoint): string {
  if (stretch === "start") return files.some((file) => /(?:^|\/)job\b/.test(file)) ? "arrived" : stretch;
  if (stretch === "QM_Jobs" && STARTS.test(name)) return "started";
  return JOB_MOVES.exec(what)?.[1] ?? stretch;
}

function failuresOf({ name, changes }: Call, { what }: CallPoint): readonly Failure[] {
  if (!changes) return [name.startsWith("open") ? OPENING_TO_LOOK_FAILS : LOOK_FAILS];
  return FAILURES.find(([calls]) => calls.test(what))?.[1] ?? [];
}
