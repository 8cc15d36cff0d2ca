import { factsOfRecord } from "../job/facts.ts";
import type { JobRecord } from "../job/record.ts";
import { causesOf, wordOf } from "../job/words.ts";
import { formatKnownDuration } from "../text/duration.ts";
import { fewLines, type Letter, type LetterBody, oneLine } from "./letter.ts";

/** The details of a letter about a job that its record does not have. */
export interface LetterDetails {
  /** The place where the job's folder rests now, as a path on the manager's machine. */
  readonly folder: string;
  /** The same as the users see it, where `Path_As` tells. */
  readonly mountedAs?: string;
  /** The address of its page. */
  readonly link?: string;
  /** It goes back to the queue by itself. */
  readonly runsAgain: boolean;
  /** The last lines of its log, oldest first, safe to show. */
  readonly logLines: readonly string[];
}

const MAX_NAME_CHARACTERS = 120;
const MAX_LINE_CHARACTERS = 500;
const MAX_CAUSE_LINES = 50;
/** Of the line of the log that names the error, in a subject. */
const MAX_CAUSE_CHARACTERS = 100;

/** Number of the log's last lines that a letter shows. */
export function logLinesShown(state: JobRecord["state"]): number {
  return state === "done" ? 5 : 30;
}

/** The letter that tells how a job ended, to its owners or to `Mail_Admin`. */
export function endLetter(
  record: JobRecord,
  to: readonly string[],
  reader: "owner" | "admin",
  details: LetterDetails,
): Letter {
  return {
    key: [record.runId, "end", reader],
    about: reader === "owner" ? "job" : "manager",
    to,
    body: {
      ...jobBody(record, details),
      cause: causeOf(record, details),
      advice: [...adviceAfter(record, details), ...footer(record, reader)],
    },
    job: record.name,
    outcome: record.state,
  };
}

/** The letter that tells that a job has started. */
export function startLetter(record: JobRecord, to: readonly string[], details: LetterDetails): Letter {
  const name = oneLine(record.name, MAX_NAME_CHARACTERS);
  return {
    key: [record.runId, "start"],
    about: "job",
    to,
    body: {
      ...jobBody(record, details),
      heading: `started ${name}`,
      cause: ["The job has started."],
      advice: footer(record, "owner"),
    },
    job: record.name,
    outcome: "started",
  };
}

function jobBody(record: JobRecord, details: LetterDetails): Omit<LetterBody, "cause" | "advice"> {
  const { link, logLines } = details;
  const title =
    logLines.length === 1 ? "The last line of its log" : `The last ${logLines.length} lines of its log`;
  return {
    heading: headline(record),
    rows: jobRows(record, details),
    ...(link === undefined ? {} : { link }),
    ...(logLines.length === 0 ? {} : { log: { title, lines: logLines } }),
  };
}

/** `done NAME in 3 h 12 min`, `FAILED NAME after 12 min: exit 1`. */
function headline(record: JobRecord): string {
  const ran = formatKnownDuration(record.ranSeconds);
  const lasted = ran === undefined ? "" : ` ${record.state === "done" ? "in" : "after"} ${ran}`;
  return `${wordOf(record)} ${oneLine(record.name, MAX_NAME_CHARACTERS)}${lasted}${causeInHeadline(record)}`;
}

function causeInHeadline(record: JobRecord): string {
  switch (record.state) {
    case "failed":
      return `: ${failureOf(record)}`;
    case "killed":
      return record.killedBy === undefined ? "" : ` by ${oneLine(record.killedBy, 60)}`;
    case "lost":
    case "invalid":
      return `: ${oneLine(record.problems?.[0] ?? record.reason, 160)}`;
    default:
      return "";
  }
}

function failureOf({ exitCode, signal, tellingLine: errorLine }: JobRecord): string {
  const exit = `exit ${exitCode ?? "unknown"}`;
  const by = signal === undefined ? "" : oneLine(signal, 20);
  if (errorLine === undefined) return by === "" ? exit : `${exit} (${by})`;
  return `${oneLine(errorLine, MAX_CAUSE_CHARACTERS)} (${by === "" ? exit : `${exit}, ${by}`})`;
}

function causeOf(record: JobRecord, { runsAgain }: LetterDetails): readonly string[] {
  const text = causesOf(record).join("\n");
  const lines = fewLines(text, MAX_CAUSE_LINES, MAX_LINE_CHARACTERS);
  const spoken = record.problems === undefined ? lines.map(asSentence) : lines;
  return runsAgain ? [...spoken, "It runs again from the beginning, by itself."] : spoken;
}

function asSentence(line: string): string {
  const first = line.charAt(0).toUpperCase() + line.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}

function adviceAfter({ state, name }: JobRecord, { runsAgain }: LetterDetails): readonly string[] {
  if (runsAgain) return [];
  const shown = oneLine(name, MAX_NAME_CHARACTERS);
  const stage = state === "lost" || state === "invalid" ? "QM_lost+found" : "QM_dJobs";
  const first = state === "invalid" ? "To run it: mend what is wrong, then" : "To run it again:";
  return [`${first} move the folder ${shown} from ${stage} back into QM_qJobs, or use \`qm redo\`.`];
}

function footer(record: JobRecord, reader: "owner" | "admin"): readonly string[] {
  if (reader === "admin") return ["You get this as Mail_Admin of the queue's configuration."];
  const file = oneLine(record.infoFile ?? "the info file", MAX_NAME_CHARACTERS);
  return [`To get other mails: mail_on in ${file} of the job says when (end, fail, start, all or none).`];
}

const MAX_VALUE_CHARACTERS = 1000;
const MAX_INFO_LINES = 20;

type Row = readonly [label: string, value: string];

/** The facts of a job as labels and values. */
function jobRows(record: JobRecord, details: LetterDetails): readonly Row[] {
  const facts = factsOfRecord(record);
  const factRows = (...keys: readonly (keyof typeof facts)[]) =>
    keys.flatMap((key) => facts[key]).map(({ label, text }) => [label, text] as const);
  const values: readonly (readonly [label: string, value: string | undefined])[] = [
    ["Job", record.name],
    ...factRows("number"),
    ...infoRows(record.description),
    ...factRows("script", "attempt", "waited", "ran", "timeLimitSeconds", "processors"),
    ...factRows("cpuTime", "peakMemory", "exitCode"),
    ["Machine", record.host],
    ["Folder", details.folder],
    ["As you see it", details.mountedAs],
    ...factRows("original", "warnings"),
  ];
  return values.flatMap(([label, value]) =>
    value === undefined || value === "" ? [] : [[label, oneLine(value, MAX_VALUE_CHARACTERS)] as const],
  );
}

// Each line gets a row of its own, so that the rest of the table keeps its form.
function infoRows(description: string): readonly Row[] {
  const lines = fewLines(description, MAX_INFO_LINES, MAX_VALUE_CHARACTERS);
  return lines.map((line, at) => [at === 0 ? "Info" : "", line]);
}
