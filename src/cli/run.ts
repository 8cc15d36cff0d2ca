import { Command, CommanderError } from "commander";
import { escapeControls } from "../text/escape.ts";
import { reportError } from "./report-error.ts";
import type { Services } from "./services.ts";
import type { Bind } from "./session.ts";
import { type Io, styleFor } from "./terminal/output.ts";
import { VERB_GROUPS } from "./verbs.ts";
import { readVersion } from "./version.ts";

/** Runs one command line (without the program's own name) and gives its exit code. Never throws. */
export async function runCli(argv: readonly string[], services: Services, io: Io): Promise<number> {
  let exitCode = 0;
  const words = withDefaultVerb(argv);
  const program: Command = newProgram(
    services,
    io,
    (text) => usageMend(program, words) + optionHint(program, words, text),
  );
  const bind: Bind =
    (verb) =>
    async (...args) => {
      exitCode = Number(
        (await verb(
          { io, services, argv, configFile: program.opts<{ config?: string }>().config },
          ...args,
        )) ?? 0,
      );
    };
  for (const { title, verbs } of VERB_GROUPS) {
    program.commandsGroup(title);
    for (const add of verbs) add(program, bind);
  }
  try {
    await program.parseAsync(withoutVainHelp(program, words), { from: "user" });
    return exitCode;
  } catch (error) {
    // Help and version come this way too, with exit code 0; the rest has been told by then.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error, io, usageMend(program, words));
  }
}

function newProgram(services: Services, io: Io, mend: (text: string) => string): Command {
  return new Command("qm")
    .description(
      "QueueManager: copy a job folder into a queue folder; it runs when processors are free\n" +
        "and moves to the finished folder with its log and outcome.",
    )
    .usage("[--config FILE] VERB ...")
    .option(
      "--config <file>",
      "configuration file (else $QM_CONFIG, QMserv.cfg here, in ~/.config/queuemanager, in /etc/queuemanager; in a job its queue's)",
    )
    .version(readVersion(services.installation.root), "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [verb]", "show help for a verb")
    .addHelpText("after", AFTER_HELP)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(usageError(text, io, mend(text))),
      getOutHelpWidth: () => helpWidth(io.stdout.columns),
      getErrHelpWidth: () => helpWidth(io.stderr.columns),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
}

const AFTER_HELP = `
Exit codes: 0 ok, 1 a job or the command failed, 2 usage, 3 no such job, 4 refused, 5 no manager runs,
124 waited too long, 130 interrupted. Whoever waits for one job that failed (qm wait, log -f, submit --wait
and --follow) ends with that job's own code, 128+N for a signal; --json then has its record.`;

function helpWidth(columns: number): number {
  return Number.isFinite(columns) ? columns : 100;
}

/** Advice about a command line that is used wrongly. */
function usageMend(program: Command, words: readonly string[]): string {
  const verb = words[operandAt(words)];
  return isVerb(program, verb) ? `\`qm help ${verb}\` shows how it is used` : "`qm help` lists the verbs";
}

// A verb's own option may stand before it, and a job be called `-x`; behind the `--` of `qm submit` stands a command.
function optionHint(program: Command, words: readonly string[], text: string): string {
  const option = /unknown option '([^']+)'/.exec(text)?.[1];
  const verb = program.commands.find((command) => command.name() === words[operandAt(words)]);
  if (option === undefined || verb === undefined) return "";
  if (verb.options.some(({ long, short }) => [long, short].includes(option)))
    return "; options of a verb stand behind it";
  const takesJobs = verb.registeredArguments.some((argument) => argument.name() === "job");
  return takesJobs ? "; a name that begins with - stands behind --" : "";
}

function isVerb(program: Command, word: string | undefined): boolean {
  return program.commands.some((command) => command.name() === word);
}

function usageError(text: string, io: Io, mend: string): string {
  const lines = text
    .replace(/^error: /, "")
    .trimEnd()
    .split("\n")
    .map(escapeControls);
  return `${styleFor(io.stderr, io.env).red("qm:")} ${lines.join("\n  ")}\n  to mend:  ${mend}\n`;
}

/** Bare `qm` shows the status, with whatever options are given. */
function withDefaultVerb(argv: readonly string[]): string[] {
  const isOther = argv.some((word) => ["-h", "--help", "-V", "--version"].includes(word));
  return operandAt(argv) === -1 && !isOther ? ["status", ...argv] : [...argv];
}

// Asked to help with a verb that is none, commander shows the general help; asked for that verb itself, it says so.
function withoutVainHelp(program: Command, words: readonly string[]): readonly string[] {
  const at = operandAt(words);
  const verb = words[at + 1] ?? "-";
  if (words[at] !== "help" || verb.startsWith("-") || isVerb(program, verb)) return words;
  return words.toSpliced(at, 1);
}

/** Index of the first word that is no option, which is the verb; -1 where there is none. */
function operandAt(words: readonly string[]): number {
  return words.findIndex(
    (word, at) => (!word.startsWith("-") && words[at - 1] !== "--config") || word === "--",
  );
}
