import { queueOf } from "../../app/open-queue.ts";
import { escapeControls } from "../../text/escape.ts";
import { describeProblem, type Problem } from "../../text/problem.ts";
import { type Finding, failure, fine, warning } from "../doctor/finding.ts";
import { checkFolders } from "../doctor/folders.ts";
import { checkMail, checkSystem } from "../doctor/system.ts";
import { lackingVariables, loadConfigBeside } from "../open-queue.ts";
import type { AddVerb, Session } from "../session.ts";
import { type ReadingOptions, type Style, styleFor, writeAnswer, writeLines } from "../terminal/output.ts";

/**
 * `qm doctor`: tries out everything that the manager needs. Exit code 1 when something fails. `--json`: `{ version: 1, ok,
 * findings: [{ level: "ok" | "warn" | "fail", subject, text, mend? }] }`. `-q`: the subjects that are not ok.
 */
export const addDoctor: AddVerb = (program, bind) => {
  program
    .command("doctor")
    .description("try out everything the manager needs, and say how to mend what is wrong")
    .option("--json", "one JSON value")
    .option("-q, --quiet", "only what is not ok")
    .option("--mail <address>", "send a test mail there too")
    .action(bind(doctor));
};

interface DoctorOptions extends ReadingOptions {
  readonly mail?: string;
}

async function doctor(session: Session, { mail, ...options }: DoctorOptions): Promise<number> {
  const { io } = session;
  const findings = await examine(session, mail);
  const ok = findings.every(({ level }) => level !== "fail");
  const style = styleFor(io.stdout, io.env);
  const lines = findings.flatMap((finding) => findingLines(finding, style));
  writeAnswer(io, options, {
    json: () => ({ version: 1, ok, findings }),
    names: () => findings.filter(({ level }) => level !== "ok").map(({ subject }) => subject),
    write: () => writeLines(io.stdout, lines),
  });
  return ok ? 0 : 1;
}

async function examine(session: Session, mailTo: string | undefined): Promise<Finding[]> {
  const loaded = loadConfigBeside(session);
  if (loaded.kind === "problems") return loaded.problems.map((problem) => ofProblem(problem, failure));
  const { file, warnings } = loaded.value;
  const queue = queueOf(loaded.value);
  const lacking = lackingVariables(session, queue);
  const tellLacking = (text: string) =>
    lacking.isTaken
      ? fine("configuration", text)
      : warning("configuration", text, "start the manager with that variable");
  return [
    fine("configuration", file ?? "no file: all values are defaults"),
    ...warnings.map((problem) => ofProblem(problem, warning)),
    ...lacking.lines.map(tellLacking),
    ...checkFolders(queue),
    ...checkSystem(session, queue),
    ...(mailTo === undefined ? [] : await checkMail(session, queue.config, mailTo)),
  ];
}

function ofProblem(problem: Problem, tell: typeof warning): Finding {
  return tell("configuration", describeProblem(problem), "mend the file; `qm config` shows what counts");
}

function findingLines({ level, subject, text, mend }: Finding, style: Style): string[] {
  const paint = { ok: style.green, warn: style.yellow, fail: style.red }[level];
  const first = `${paint(level.padEnd(5))}${escapeControls(`${subject}: ${text}`)}`;
  return mend === undefined ? [first] : [first, `     to mend: ${escapeControls(mend)}`];
}
