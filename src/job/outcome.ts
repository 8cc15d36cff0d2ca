import { formatDuration } from "../text/duration.ts";

/** How a job ended. Success is never inferred: `done` needs an exit record that says 0. */
export type Outcome =
  | { readonly kind: "done" }
  | {
      readonly kind: "failed";
      readonly exitCode: number;
      readonly signal?: string;
      /** The job's own last word, as in its log. */
      readonly tellingLine?: string;
    }
  | { readonly kind: "killed"; readonly by: string; readonly exitCode?: number; readonly signal?: string }
  | {
      readonly kind: "timed_out";
      readonly limitSeconds: number;
      readonly exitCode?: number;
      readonly signal?: string;
    }
  | { readonly kind: "lost"; readonly why: string }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

/** The cause in plain words, for people. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case "done":
      return "the command ended with exit code 0";
    case "failed":
      return describeFailure(outcome);
    case "killed":
      return `killed by ${outcome.by}`;
    case "timed_out":
      return `ran longer than its time limit of ${formatDuration(outcome.limitSeconds)}`;
    case "lost":
      return outcome.why;
    case "invalid":
      return outcome.problems.join("\n");
  }
}

/**
 * The outcome of a run that has ended: what a person or the limit decided comes before the exit code. A run that was to
 * be ended and left no exit record has been ended; without such a decision nobody knows.
 */
export function outcomeOfRun(exit: ExitFacts | undefined, end: EndFacts | undefined): Outcome {
  const ended = exit === undefined ? {} : exitPart(exit);
  if (end?.kind === "killed") return { kind: "killed", by: end.by, ...ended };
  if (end?.kind === "timed_out") return { kind: "timed_out", limitSeconds: end.limitSeconds, ...ended };
  if (end?.kind === "lost") return end;
  if (exit === undefined)
    return { kind: "lost", why: "its supervisor vanished without leaving an exit record" };
  return exit.exitCode === 0 ? { kind: "done" } : { kind: "failed", ...exitPart(exit) };
}

function exitPart({ exitCode, signal }: ExitFacts): ExitFacts {
  return signal === undefined ? { exitCode } : { exitCode, signal };
}

interface ExitFacts {
  readonly exitCode: number;
  readonly signal?: string;
}

/** The decision on a run's end, as far as its outcome needs it. */
export type EndFacts =
  | { readonly kind: "killed"; readonly by: string }
  | { readonly kind: "timed_out"; readonly limitSeconds: number }
  | { readonly kind: "lost"; readonly why: string };

function describeFailure({ exitCode, signal, tellingLine }: Extract<Outcome, { kind: "failed" }>): string {
  if (tellingLine === undefined) return `the command ended with ${describeExit(exitCode, signal)}`;
  return `${tellingLine} (exit code ${exitCode}${signal === undefined ? "" : `, signal ${signal}`})`;
}

/** "exit code 3", "exit code 137 (signal SIGKILL)"; 126 and 127 are the shell's words for a command it could not run. */
function describeExit(exitCode: number, signal: string | undefined): string {
  if (signal !== undefined) return `exit code ${exitCode} (signal ${signal})`;
  if (exitCode === 127) return "exit code 127: the command was not found";
  if (exitCode === 126) return "exit code 126: the command could not be executed";
  return `exit code ${exitCode}`;
}
