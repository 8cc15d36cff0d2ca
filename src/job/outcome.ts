import { formatDuration } from "../text/duration.ts";

/** The end of a job. Success is never inferred: `done` needs an exit record that says 0. */
export type Outcome =
  | { readonly kind: "done" }
  | {
      readonly kind: "failed";
      readonly exitCode: number;
      readonly signal?: string | undefined;
      /** The line of its log that names the error. */
      readonly errorLine?: string;
    }
  | {
      readonly kind: "killed";
      readonly by: string;
      readonly exitCode?: number;
      readonly signal?: string | undefined;
    }
  | {
      readonly kind: "timed_out";
      readonly limitSeconds: number;
      readonly exitCode?: number;
      readonly signal?: string | undefined;
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
export function outcomeOfRun(
  exit: Pick<Failed, "exitCode" | "signal"> | undefined,
  decided: DecidedOutcome | undefined,
): Outcome {
  const ended = exit && { exitCode: exit.exitCode, signal: exit.signal };
  if (decided !== undefined) return decided.kind === "lost" ? decided : { ...decided, ...ended };
  if (ended === undefined)
    return { kind: "lost", why: "its supervisor vanished without leaving an exit record" };
  return ended.exitCode === 0 ? { kind: "done" } : { kind: "failed", ...ended };
}

type Failed = Extract<Outcome, { kind: "failed" }>;

/** The outcome that was decided on before a run ended; its exit record is not in it. */
export type DecidedOutcome = Extract<Outcome, { kind: "killed" | "timed_out" | "lost" }>;

function describeFailure({ exitCode, signal, errorLine }: Failed): string {
  if (errorLine === undefined) return `the command ended with ${describeExit(exitCode, signal)}`;
  return `${errorLine} (exit code ${exitCode}${signal === undefined ? "" : `, signal ${signal}`})`;
}

/** "exit code 3", "exit code 137 (signal SIGKILL)"; 126 and 127 are the shell's words for a command it could not run. */
function describeExit(exitCode: number, signal: string | undefined): string {
  if (signal !== undefined) return `exit code ${exitCode} (signal ${signal})`;
  if (exitCode === 127) return "exit code 127: the command was not found";
  if (exitCode === 126) return "exit code 126: the command could not be executed";
  return `exit code ${exitCode}`;
}

/** The usual meaning of an exit code of the shell's or of a signal, and how to mend it. */
const ADVICE: Readonly<Record<string, string>> = {
  126: "the command was found but could not be executed: give its file the right to (chmod +x), and see that its first line (#!) names a program of this machine",
  127: "a command was not found: check its spelling, give its whole path, or set PATH in [JobEnvironment] of QMserv.cfg, as jobs have the manager's PATH",
  SIGHUP:
    "the session that it depended on was closed: start what is to go on with `setsid` or `nohup`, and `wait` for it",
  SIGINT: "somebody or something interrupted it, as Ctrl-C does",
  SIGQUIT: "somebody or something asked it to quit, as Ctrl-\\ does",
  SIGILL: "the program was built for another kind of processor: build it on this machine",
  SIGABRT:
    "the program ended itself, as it found its own state faulty: the lines above the end of its log tell which",
  SIGBUS: "a file it worked on was cut short, or disk or memory was full: check both",
  SIGFPE: "an integer was divided by zero, or another impossible calculation was made: check its inputs",
  SIGKILL:
    "the system killed it because memory ran out: let it hold less at a time, or let fewer jobs run beside it (nb_proc)",
  SIGSEGV:
    "the program touched memory that is not its own, which is a fault of it or of a library: run it in a debugger, or with a larger stack (ulimit -s)",
  SIGPIPE:
    "the program wrote to another that had already ended, as in `program | head`: let that one read to the end, or do without `set -o pipefail`",
  SIGTERM: "something asked it to end: the machine's shutdown, or a `kill` or `timeout` of its own script",
  SIGXCPU: "it used more processor time than `ulimit -t` allows: raise that",
  SIGXFSZ: "it wrote a file larger than `ulimit -f` allows: raise that",
};

/** Line of a log in which `sh` does not know a word that only bash has. */
const NO_BASH_WORD =
  /(?:\[\[|(?<![\w/.-])(?:source|shopt|declare|typeset|function|pushd|popd|mapfile|readarray|let)): (?:command )?not found$/;

const ADVICE_FOR_BASH =
  "sh ran what is written for bash: begin the script with #!/bin/bash, or run the line by bash -c '…'; in place of `source FILE` `. ./FILE` does as well";

/**
 * A sentence that says what an exit code mostly means and how to mend it; undefined for a code that is the program's own.
 * @param signal name of the signal that the code stands for, as "SIGKILL"
 * @param errorLine the line of the job's log that names the error
 */
export function exitAdvice(exitCode: number, signal?: string, errorLine = ""): string | undefined {
  const isOfBash = exitCode === 127 && NO_BASH_WORD.test(errorLine);
  const usual = isOfBash ? ADVICE_FOR_BASH : ADVICE[signal ?? exitCode];
  if (usual === undefined && signal === undefined) return undefined;
  const code = signal === undefined ? `Exit code ${exitCode}` : `Exit code ${exitCode} (${signal})`;
  return `${code} mostly means that ${usual ?? "this signal ended it, sent by the program itself, its script or a person"}.`;
}
