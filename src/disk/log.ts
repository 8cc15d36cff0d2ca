import fs from "node:fs";
import path from "node:path";
import { escapeControls, escapeJsonText } from "../text/escape.ts";
import { wallClock } from "../text/local-time.ts";
import { tryOr } from "../text/try-or.ts";
import { writeWhole } from "./durable.ts";
import { codeOrText, ifThere } from "./error-code.ts";
import { openFile } from "./open-file.ts";

/** The facts of an event beside its message. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** The manager's log, one line an event. Writing never throws and never stops the caller. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Written only when the log is verbose. */
  debug(message: string, fields?: LogFields): void;
  /** Takes over changed settings from the next event on. */
  reconfigure(settings: Partial<LogSettings>): void;
  /** Nothing is written afterwards. */
  close(): void;
}

/** The settings that can change while the log is in use. */
interface LogSettings {
  /** The size at which the log is put aside. */
  readonly maxBytes: number;
  /** The number of logs put aside that are kept (`log.1` is the newest). */
  readonly keep: number;
  readonly format: LogFormat;
  /** Writes the `debug` events too. */
  readonly verbose: boolean;
}

/** The file of a log, and its first settings. */
export interface LogOptions extends LogSettings {
  readonly file: string;
  /** Writes to stderr as well: for a manager in the foreground. */
  readonly stderr?: boolean;
}

type Level = "debug" | "info" | "warn" | "error";

/** One event, ready to be written. */
interface LogEvent {
  readonly level: Level;
  readonly time: Date;
  readonly fields: LogFields;
  readonly msg: string;
}

/** Opens the manager's log; each event is in the file when the call returns. */
export function createLog({ file, stderr = false, ...first }: LogOptions): Log {
  let settings: LogSettings = first;
  let isClosed = false;
  const append = lineWriter(file);
  const writer = (level: Level) => (message: string, fields?: LogFields) => {
    if (isClosed || (level === "debug" && !settings.verbose)) return;
    const event = { level, time: new Date(), fields: safeFields(fields), msg: cut(message) };
    const line = logLine(event, settings.format);
    if (stderr) writeToStderr(line);
    append(line, settings);
  };
  return {
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    debug: writer("debug"),
    reconfigure: (changed) => {
      settings = { ...settings, ...changed };
    },
    close: () => {
      isClosed = true;
    },
  };
}

const MAX_CHARACTERS = 4000;

const OWN_NAMES = new Set(["level", "time", "msg"]);

/** A field named as one of an event's own would take its place. */
function safeFields(fields: LogFields = {}): LogFields {
  const entries = Object.entries(fields).map(([name, value]) => [
    OWN_NAMES.has(name) ? `${name}_` : name,
    typeof value === "string" ? cut(value) : value,
  ]);
  return Object.fromEntries(entries);
}

/** A stranger's text may be as long as an info file. */
function cut(text: string): string {
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}

/** `text` for people, `json` for programs. */
type LogFormat = "text" | "json";

/** A line of the log, its newline included. */
function logLine(event: LogEvent, format: LogFormat): string {
  return `${format === "json" ? jsonLine(event) : textLine(event)}\n`;
}

function jsonLine({ level, time, fields, msg }: LogEvent): string {
  return escapeJsonText(JSON.stringify({ level, time: time.toISOString(), ...fields, msg }));
}

/** `2026-11-22 10:15:02.123+01:00 INFO  job «x» started processors=4` */
function textLine({ level, time, fields, msg }: LogEvent): string {
  const shown = Object.entries(fields).map(
    ([name, value]) => ` ${escapeControls(name)}=${fieldValue(value)}`,
  );
  const { day, clock, offset } = wallClock(time);
  return `${day} ${clock}${offset} ${level.toUpperCase().padEnd(5)} ${escapeControls(msg)}${shown.join("")}`;
}

/** The line that tells how many lines before it could not be written. */
function lostLinesNote(lost: number, reason: string, format: LogFormat): string {
  const msg = `${lost} ${lost === 1 ? "line" : "lines"} of this log could not be written`;
  return logLine({ level: "warn", time: new Date(), fields: { lost, reason }, msg }, format);
}

// Quoted where it could be taken for the next field.
function fieldValue(value: LogFields[string]): string {
  const text = String(value);
  return /^[^\s"=\\]+$/.test(text) && escapeControls(text) === text
    ? text
    : escapeControls(JSON.stringify(text));
}

/**
 * Appends lines to a log file. It is opened for each line, so that a file or a folder that is moved
 * away, deleted or put back is no matter; a folder that is missing is not made, as it may be a mount. A line that cannot
 * be written is counted and told of later.
 */
function lineWriter(file: string): (line: string, settings: LogSettings) => void {
  let lost = 0;
  let reason = "";
  return (line, settings) => {
    try {
      const note = lost > 0 ? lostLinesNote(lost, reason, settings.format) : "";
      appendRotating(file, note + line, settings);
      lost = 0;
    } catch (error) {
      lost += 1;
      reason = codeOrText(error);
    }
  };
}

/** Writes to stderr at once; a closed or clogged stderr loses the line and nothing else. */
function writeToStderr(line: string): void {
  tryOr(() => fs.writeSync(2, line), 0);
}

function appendRotating(file: string, text: string, { maxBytes, keep }: LogSettings): void {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  // A log that cannot be put aside grows on: better than no log.
  if (size > 0 && size + Buffer.byteLength(text) > maxBytes) tryOr(() => rotate(file, keep), undefined);
  appendWhole(file, text);
}

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = fs.constants;

/** Appends all bytes or none; O_NONBLOCK, so that a FIFO in the file's place cannot stop the manager. */
function appendWhole(file: string, text: string): void {
  using log = openFile(file, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o644);
  const { handle } = log;
  const { size } = fs.fstatSync(handle);
  try {
    writeWhole(handle, text);
  } catch (error) {
    tryOr(() => fs.ftruncateSync(handle, size), undefined);
    throw error;
  }
}

// From the oldest on, so that a crash in between leaves a gap in the numbers and loses nothing.
function rotate(file: string, keep: number): void {
  for (let number = keep - 1; number >= 1; number -= 1)
    ifThere(() => fs.renameSync(`${file}.${number}`, `${file}.${number + 1}`));
  fs.renameSync(file, `${file}.1`);
  for (const name of fs.readdirSync(path.dirname(file))) {
    if (numberOf(name, path.basename(file)) > keep) fs.rmSync(path.join(path.dirname(file), name));
  }
}

/** The number of a log put aside; 0 for any other name. */
function numberOf(name: string, log: string): number {
  const ending = name.startsWith(`${log}.`) ? name.slice(log.length + 1) : "";
  return /^[1-9]\d*$/.test(ending) ? Number(ending) : 0;
}
