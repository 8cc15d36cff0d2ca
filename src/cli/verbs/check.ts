import path from "node:path";
import { formatKnownDuration } from "../../core/duration.ts";
import { escapeControls } from "../../core/escape.ts";
import { type JobInfo, type MailMoment, ownerOf } from "../../core/job-info.ts";
import { describeProblem } from "../../core/problem.ts";
import { uncopyable } from "../../folders/copy-job.ts";
import { readJobInfo } from "../../folders/info-file.ts";
import { fieldLines } from "../field-lines.ts";
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

async function check(
  session: Session,
  given: string,
  { json }: { readonly json?: boolean },
): Promise<number> {
  const { io } = session;
  const { config } = openQueue(session);
  const folder = realFolder(path.resolve(io.cwd, given));
  const checked = readJobInfo(folder, config.jobFiles);
  const problems = [...(checked.kind === "problems" ? checked.problems : []), ...uncopyable(folder)];
  const isOk = problems.length === 0;
  const warnings = checked.kind === "ok" ? warningsOf(checked.value, config.maxProcessors) : [];
  const style = styleFor(io.stdout, io.env);
  if (json === true) {
    const info = checked.kind === "ok" ? { info: checked.value } : {};
    writeJson(io, { version: 1, ok: isOk, ...info, problems, warnings });
  } else if (isOk && checked.kind === "ok") {
    writeLines(io.stdout, [
      style.green("ok: the manager would take it"),
      ...infoLines(checked.value, config.mail.on),
    ]);
    for (const text of warnings) io.stderr.write(`warning: ${text}\n`);
  } else
    writeLines(io.stdout, [
      style.red("not ok: the manager would refuse it"),
      ...problems.map((problem) => `  ${escapeControls(describeProblem(problem))}`),
    ]);
  return isOk ? 0 : 1;
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
