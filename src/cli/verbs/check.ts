import path from "node:path";
import { processorsInForce } from "../../app/other-configuration.ts";
import { lowered, realFolder } from "../../app/submit-job.ts";
import type { Config } from "../../config/config.ts";
import { infoFacts } from "../../job/facts.ts";
import type { MailMoment } from "../../job/info-fields.ts";
import { type JobInfo, ownerOf } from "../../job/job-info.ts";
import { readJobInfo } from "../../queue/intake/info-file.ts";
import { Surveyor } from "../../queue/intake/survey.ts";
import { managerUserId, ownUser } from "../../queue/origin.ts";
import { readRequests } from "../../queue/requests.ts";
import { uncopyable } from "../../queue/submit/copy-job.ts";
import { escapeControls, quoted } from "../../text/escape.ts";
import { describeProblem, type Problem } from "../../text/problem.ts";
import { isUnfinishedName } from "../../text/unfinished-names.ts";
import { noteOtherValues, openQueueBeside } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { type Io, note, styleFor, writeJson, writeLines } from "../terminal/output.ts";
import { fieldLines } from "../terminal/table.ts";

/**
 * `qm check FOLDER`: whether the manager would take it, and what it would run; nothing is changed. Exit code 1 with
 * problems; what keeps a folder only from being submitted, or only from starting by itself, is a warning. `--json`: `{ version: 1, ok, info?: { infoFile, script, processors, … }, problems: [{ file, line?, key?,
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
  const queue = openQueueBeside(session);
  const { config, layout } = queue;
  noteOtherValues(session, queue);
  const inForce = { ...config, maxProcessors: processorsInForce(queue, session.services) };
  const folder = realFolder(path.resolve(io.cwd, given));
  const { info, problems, warnings } = judge(folder, inForce, ownUser(managerUserId(layout)));
  const ok = problems.length === 0;
  if (json === true) writeJson(io, { version: 1, ok, info, problems, warnings });
  else if (ok && info !== undefined) reportFit(io, info, config.mail.on);
  else reportUnfit(io, problems);
  if (json !== true) for (const text of warnings) note(io, `warning: ${text}`);
  return ok ? 0 : 1;
}

/** The info file's contents, undefined where that is wrong, with its problems and all warnings. */
function judge(folder: string, config: Config, user: string | undefined) {
  const { maxProcessors, unfinishedNames } = config;
  const checked = readJobInfo(folder, config, user);
  const warnings = [...uncopyable(folder).map(notSubmitted), ...unfinished(folder, unfinishedNames)];
  if (checked.kind === "problems") return { info: undefined, problems: checked.problems, warnings };
  const info = checked.value;
  return {
    info,
    problems: [],
    warnings: [...lowered(info.processors, maxProcessors), ...(info.warnings ?? []), ...warnings],
  };
}

function reportFit({ stdout, env }: Io, info: JobInfo, mailOn: readonly MailMoment[]): void {
  const { green } = styleFor(stdout, env);
  writeLines(stdout, [green("ok: the manager would take it"), ...infoLines(info, mailOn)]);
}

function reportUnfit({ stdout, env }: Io, problems: readonly Problem[]): void {
  const { red } = styleFor(stdout, env);
  const lines = problems.map((problem) => `  ${escapeControls(describeProblem(problem))}`);
  writeLines(stdout, [red("not ok: the manager would refuse it"), ...lines]);
}

/** The contents of an info file, as lines for people. */
function infoLines(info: JobInfo, mailOn: readonly MailMoment[]): string[] {
  const { script, timeLimitSeconds, ...others } = infoFacts(info);
  return fieldLines([
    ["Info file", info.infoFile],
    ["Command", script.text],
    ["Runs in", info.workingDirectory],
    ["Processors", String(info.processors)],
    ["Owner", ownerOf(info)],
    ...Object.values(others).map(({ label, text }) => [label, text] as const),
    ["Time limit", timeLimitSeconds.text ?? "none"],
    ["Mail", mailOf(info, mailOn)],
  ]);
}

function mailOf({ mailTo, mailOn }: JobInfo, otherwise: readonly MailMoment[]): string {
  return mailTo.length === 0 ? "none" : `${mailTo.join(", ")} on ${(mailOn ?? otherwise).join(", ")}`;
}

function notSubmitted({ file, wrong, right }: Problem): string {
  return `\`qm submit\` refuses it, as ${quoted(file, 255)} ${wrong}; ${right}`;
}

// The manager cannot tell such a name from a copy that still goes on; what `qm submit` delivers is whole.
function unfinished(folder: string, more: readonly string[]): string[] {
  const surveyor = new Surveyor(folder, "times", (name) => isUnfinishedName(name, more));
  const name = surveyor.advance(Number.POSITIVE_INFINITY)?.copyInProgress;
  if (name === undefined || readRequests(folder).ready) return [];
  return [
    `copied by hand it does not start while ${quoted(name, 255)} has the name of an unfinished copy; ` +
      "rename that, put a file QM_READY into the folder, or use `qm submit`",
  ];
}
