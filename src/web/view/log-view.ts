import type { LastLines } from "../../queue/files/log-lines.ts";
import { formatBytes } from "../../text/quantity.ts";
import type { TextLine } from "../../text/terminal-line.ts";
import { TerminalLines } from "../../text/terminal-text.ts";
import { resumeByte } from "../log/byte-lines.ts";
import { placeText } from "../log/log-place.ts";
import { logFileName, type ShownLog } from "../log/shown-log.ts";
import { fileLink, jobLink, logStreamLink } from "./links.ts";

/** A link to one of a job's logs. */
interface LogLink {
  readonly text: string;
  readonly href: string;
  readonly isCurrent: boolean;
}

/** The log as the job page shows it. */
export interface LogView {
  /** Completed lines. */
  readonly lines: readonly TextLine[];
  /** The unfinished line behind them; empty where there is none. */
  readonly partial: TextLine;
  /** What is said in place of lines where there are none; empty otherwise. */
  readonly emptyText: string;
  /** What the lines leave out; empty where they are all. */
  readonly cutText: string;
  readonly fromByte: number;
  readonly toByte: number;
  /** Whether the stream is to be followed. */
  readonly isLive: boolean;
  /** Address of the stream, without the place. */
  readonly stream: string;
  /** Where the stream is to begin. */
  readonly from: string;
  /** Addresses of the bytes; none where there is no log. */
  readonly raw: string | undefined;
  readonly download: string | undefined;
  /** The logs to choose from; none where there is but one. */
  readonly attempts: readonly LogLink[];
}

/** Tells a log in the terms of its template. */
export function logView(log: ShownLog): LogView {
  const { job, attempt, ending } = log;
  const isLive = attempt === undefined && (job.shelf === "queue" || job.shelf === "running");
  return {
    ...linesOf(ending),
    ...addressesOf(log),
    emptyText: emptyText(log),
    cutText: ending?.cut === true ? cutText(ending) : "",
    fromByte: ending?.fromByte ?? 0,
    toByte: ending?.size ?? 0,
    isLive,
    attempts: attemptsOf(log),
  };
}

function linesOf(ending: LastLines | undefined): Pick<LogView, "lines" | "partial" | "from"> {
  if (ending === undefined) return { lines: [], partial: [], from: placeText({ byte: 0 }) };
  const terminal = new TerminalLines();
  const lines = terminal.push(ending.text);
  const byte = resumeByte(ending.unfinishedByte, ending.size);
  return { lines, partial: terminal.unfinished, from: placeText({ byte, identity: ending.identity }) };
}

function addressesOf({ job, attempt, ending }: ShownLog): Pick<LogView, "stream" | "raw" | "download"> {
  const raw = ending === undefined ? undefined : fileLink("raw", job.shelf, job.name, logFileName(attempt));
  const download = raw === undefined ? undefined : `${raw}?download`;
  return { stream: logStreamLink(job.name), raw, download };
}

function emptyText({ job, attempt, ending }: ShownLog): string {
  if (ending !== undefined) return ending.size === 0 ? "The log is empty so far." : "";
  if (attempt !== undefined) return `There is no earlier log ${attempt}.`;
  return job.shelf === "queue" ? "The log begins when the job starts." : "There is no log.";
}

function cutText({ fromByte }: LastLines): string {
  return `The log is long: its first ${formatBytes(fromByte)} are not shown here.`;
}

function attemptsOf({ job, attempt, earlier }: ShownLog): LogLink[] {
  // Whoever asked for one that is not there is led back.
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
