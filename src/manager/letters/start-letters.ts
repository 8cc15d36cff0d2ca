import fs from "node:fs";
import path from "node:path";
import type { Config } from "../../config/config.ts";
import { isThere } from "../../disk/error-code.ts";
import type { OpenLog } from "../../disk/safe-read.ts";
import { recordAtStart } from "../../job/build-record.ts";
import type { JobRecord } from "../../job/record.ts";
import { type LetterDetails, logLinesShown, startLetter } from "../../mail/job-letter.ts";
import { jobPage, type Letter, oneLine } from "../../mail/letter.ts";
import { addresseesAtStart } from "../../mail/recipients.ts";
import { readLastLines, readOwnLog } from "../../queue/files/job-log.ts";
import { JOB_FILES, type Layout, type Stage } from "../../queue/layout.ts";
import { mountedPath } from "../../text/paths.ts";
import { plainText } from "../../text/terminal-line.ts";
import { TerminalLines } from "../../text/terminal-text.ts";
import { tryOr } from "../../text/try-or.ts";
import { OnceARun } from "../once-a-run.ts";
import type { ObservedRun } from "../run-scan.ts";

/** The parts of {@link StartLetters}. */
export interface StartLettersParts {
  readonly layout: Layout;
  readonly config: () => Config;
  /** Puts a letter into the outbox. Throws what the file system throws. */
  readonly post: (letter: Letter) => void;
}

/** In the attempt's folder: its letter is in the outbox. */
const MARK = "start-mailed";

/** Tells those who want to know that a job has started: once, by a mark among the attempt's records. */
export class StartLetters {
  readonly #parts: StartLettersParts;
  readonly #once = new OnceARun();

  constructor(parts: StartLettersParts) {
    this.#parts = parts;
  }

  /** Writes the letters of all runs that have started. Throws what the file system throws. */
  report(runs: readonly ObservedRun[]): void {
    // Of a job that runs on all workers one letter tells at its end.
    const hasStarted = ({ state, launch }: ObservedRun) =>
      state.kind !== "claimed" && launch.info.childOf === undefined;
    this.#once.each(runs, hasStarted, (run) => this.#reportOne(run));
  }

  #reportOne({ launch, attempt, port }: ObservedRun): void {
    const { layout, config, post } = this.#parts;
    const { mail } = config();
    const to = addresseesAtStart(launch.info, mail);
    const mark = path.join(attempt.folder, MARK);
    if (to.length === 0 || isThere(mark)) return;
    const record = recordAtStart(launch, port.place);
    const details = letterDetails(record, { layout, mail, folder: undefined, stage: "running" });
    post(startLetter(record, to, details));
    fs.writeFileSync(mark, "");
  }
}

/** The sources of what a letter tells. */
interface Places {
  readonly layout: Layout;
  readonly mail: Config["mail"];
  /** The folder with its log now; undefined where nobody knows, or there is none yet. */
  readonly folder: string | undefined;
  /** The stage in which its folder will rest. */
  readonly stage: Stage;
}

/** The details of a letter about a job: its folder, its page, the end of its log. */
export function letterDetails(record: JobRecord, { layout, mail, folder, stage }: Places): LetterDetails {
  const { pathAs, pageUrl } = mail;
  const { name, state } = record;
  return {
    folder: path.join(layout[stage], name),
    ...(pathAs === undefined ? {} : { mountedAs: mountedPath(pathAs, path.basename(layout[stage]), name) }),
    ...(pageUrl === undefined ? {} : { link: jobPage(pageUrl, name) }),
    runsAgain: stage === "queue",
    logLines: folder === undefined ? [] : lastLines(folder, logLinesShown(state)),
  };
}

// One line more than is shown, as the last one is the manager's own. A log that cannot be read keeps no letter back.
function lastLines(folder: string, maxLines: number): readonly string[] {
  const read = (log: OpenLog) => readLastLines(log, maxLines + 2).text;
  const text = tryOr(() => readOwnLog(folder, JOB_FILES.log, read), undefined);
  return text === undefined ? [] : logEnding(text, maxLines);
}

/** More is not looked at: one line of a progress bar can be this long. */
const MAX_CHARACTERS = 64 * 1024;
const MAX_LINE_CHARACTERS = 500;

/**
 * The last lines of a log as they would stand on a terminal: bars that overwrite themselves are one line, what would
 * steer a terminal or a mail program is left out. The manager's own lines are none of them.
 */
export function logEnding(text: string, maxLines: number): readonly string[] {
  const terminal = new TerminalLines();
  const lines = [...terminal.push(text.slice(-MAX_CHARACTERS)), terminal.unfinished].map((line) =>
    oneLine(plainText(line).trimEnd(), MAX_LINE_CHARACTERS),
  );
  const jobs = lines.filter((line) => !line.startsWith("[QM] "));
  return jobs.slice(0, jobs.findLastIndex((line) => line !== "") + 1).slice(-maxLines);
}
