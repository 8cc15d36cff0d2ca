import path from "node:path";
import type { Config } from "../../config/config.ts";
import { formatKnownDuration } from "../../core/duration.ts";
import { escapeControls } from "../../core/escape.ts";
import { type JobInfo, type MailMoment, ownerOf } from "../../core/job-info.ts";
import { describeProblem, type Problem } from "../../core/problem.ts";
import { uncopyable } from "../../folders/copy-job.ts";
import { readJobInfo } from "../../folders/info-file.ts";
import { fieldLines } from "../field-lines.ts";
import type { Io } from "../io.ts";
import { realFolder } from "../job-source.ts";
import { writeJson, writeLines } from "../output.ts";
import { openQueue, type Session } from "../session.ts";
import { styleFor } from "../style.ts";
import type { AddVerb } from "../verb.ts";

/**
 * `qm check FOLDER`: whether the manager would take it, and what it would run; nothing is changed. Exit code 1 with
 * problems. `--json`: `{ version: 1, ok, info?: { infoFile, script, processors, … }, problems: [{ file, line?, key?,
 * wrong, right }], warnings: [text] }`.
 */
export const addCheck: AddVerb = (program, bind) => {
  program
    .command("check")
    .description("check a job's folder and show what would be run, without submitting it")
    .argument("<folder>", "a job's folder")
    .option("--json", "one JSON value")
    .action(bind(check));
};

/** What `qm check` finds out. */
interface Judgement {
  /** Undefined where the info file is wrong. */
  readonly info: JobInfo | undefined;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

async function check(
  session: Session,
  given: string,
  { json }: { readonly json?: boolean },
): Promise<number> {
  const { io } = session;
  const { config } = openQueue(session);
  const { info, problems, warnings } = judge(realFolder(path.resolve(io.cwd, given)), config);
  const ok = problems.length === 0;
  if (json === true)
    writeJson(io, { version: 1, ok, ...(info === undefined ? {} : { info }), problems, warnings });
  else if (ok && info !== undefined) reportFit(io, info, warnings, config.mail.on);
  else reportUnfit(io, problems);
  return ok ? 0 : 1;
}

function judge(folder: string, { jobFiles, maxProcessors }: Config): Judgement {
  const checked = readJobInfo(folder, jobFiles);
  const unfit = uncopyable(folder);
  if (checked.kind === "problems")
    return { info: undefined, problems: [...checked.problems, ...unfit], warnings: [] };
  return { info: checked.value, problems: unfit, warnings: warningsOf(checked.value, maxProcessors) };
}

function reportFit(
  { stdout, stderr, env }: Io,
  info: JobInfo,
  warnings: readonly string[],
  mailOn: readonly MailMoment[],
): void {
  const { green } = styleFor(stdout, env);
  writeLines(stdout, [green("ok: the manager would take it"), ...infoLines(info, mailOn)]);
  for (const text of warnings) stderr.write(`warning: ${text}\n`);
}

function reportUnfit({ stdout, env }: Io, problems: readonly Problem[]): void {
  const { red } = styleFor(stdout, env);
  const lines = problems.map((problem) => `  ${escapeControls(describeProblem(problem))}`);
  writeLines(stdout, [red("not ok: the manager would refuse it"), ...lines]);
}

/** What an info file asks for, as lines for people. */
function infoLines(info: JobInfo, mailOn: readonly MailMoment[]): string[] {
  return fieldLines([
    ["Info file", info.infoFile],
    ["Command", info.script],
    ["Processors", String(info.processors)],
    ["Owner", ownerOf(info)],
    ["Description", info.description],
    ["Priority", String(info.priority)],
    ["Size", info.size],
    ["Time limit", formatKnownDuration(info.timeLimitSeconds) ?? "none"],
    ["Mail", mailOf(info, mailOn)],
  ]);
}

function mailOf({ mailTo, mailOn }: JobInfo, otherwise: readonly MailMoment[]): string {
  return mailTo.length === 0 ? "none" : `${mailTo.join(", ")} on ${(mailOn ?? otherwise).join(", ")}`;
}

function warningsOf({ processors }: JobInfo, max: number): string[] {
  return processors > max ? [`nb_proc ${processors} would be lowered to ${max}, all there are`] : [];
}
