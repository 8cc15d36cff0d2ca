import type { LastLines } from "../../queue/files/job-log.ts";
import { formatBytes } from "../../text/quantity.ts";
import { TerminalLines } from "../../text/terminal-text.ts";
import { resumeByte } from "../log/byte-lines.ts";
import { placeText } from "../log/log-place.ts";
import { logFileName, type ShownLog } from "../log/shown-log.ts";
import { fileLink, jobLink, logStreamLink } from "./links.ts";

/** The log as the job page shows it. */
export function logView(log: ShownLog) {
  const { job, attempt, ending } = log;
  const isLive = attempt === undefined && (job.stage === "queue" || job.stage === "running");
  return {
    ...linesOf(ending),
    ...addressesOf(log),
    /** Said in place of lines where there are none; empty otherwise. */
    emptyText: emptyText(log),
    /** The part that the lines leave out; empty where they are all. */
    cutText: ending?.cut === true ? cutText(ending) : "",
    fromByte: ending?.fromByte ?? 0,
    toByte: ending?.size ?? 0,
    /** True where the stream is to be followed. */
    isLive,
    /** The logs to choose from; none where there is but one. */
    attempts: attemptsOf(log),
  };
}

/** Completed lines, the unfinished one behind them, and where the stream is to begin. */
function linesOf(ending: LastLines | undefined) {
  if (ending === undefined) return { lines: [], partial: [], from: placeText({ byte: 0 }) };
  const terminal = new TerminalLines();
  const lines = terminal.push(ending.text);
  const byte = resumeByte(ending.unfinishedByte, ending.size);
  return { lines, partial: terminal.unfinished, from: placeText({ byte, identity: ending.identity }) };
}

/** Addresses of the stream, without the place, and of the bytes, none where there is no log. */
function addressesOf({ job, attempt, ending }: ShownLog) {
  const raw = ending === undefined ? undefined : fileLink("raw", job.stage, job.name, logFileName(attempt));
  const download = raw === undefined ? undefined : `${raw}?download`;
  return { stream: logStreamLink(job.name), raw, download };
}

function emptyText({ job, attempt, ending }: ShownLog): string {
  if (ending !== undefined) return ending.size === 0 ? "The log is empty so far." : "";
  if (attempt !== undefined) return `There is no earlier log ${attempt}.`;
  return job.stage === "queue" ? "The log begins when the job starts." : "There is no log.";
}

function cutText({ fromByte }: LastLines): string {
  return `The log is long: its first ${formatBytes(fromByte)} are not shown here.`;
}

function attemptsOf({ job, attempt, earlier }: ShownLog) {
  // A visitor who asked for one that is not there is led back.
  if (earlier.length === 0 && attempt === undefined) return [];
  const page = jobLink(job.name);
  // Their numbers count logs: an attempt that never began has left none.
  const links = earlier.map((number) => ({
    text: `Earlier log ${number}`,
    href: `${page}?attempt=${number}`,
    isCurrent: number === attempt,
  }));
  return [...links, { text: "Latest", href: page, isCurrent: attempt === undefined }];
}
