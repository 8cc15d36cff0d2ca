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
 * @param tellingLine the last word of the job's log
 */
export function exitAdvice(exitCode: number, signal?: string, tellingLine = ""): string | undefined {
  const isOfBash = exitCode === 127 && NO_BASH_WORD.test(tellingLine);
  const usual = isOfBash ? ADVICE_FOR_BASH : ADVICE[signal ?? exitCode];
  if (usual === undefined && signal === undefined) return undefined;
  const code = signal === undefined ? `Exit code ${exitCode}` : `Exit code ${exitCode} (${signal})`;
  return `${code} mostly means that ${usual ?? "this signal ended it, sent by the program itself, its script or a person"}.`;
}
