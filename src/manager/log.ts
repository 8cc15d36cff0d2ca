import { pino } from "pino";
import { escapeControls, escapeJsonText } from "../text/escape.ts";
import { wallClock } from "../text/local-time.ts";
import { type LogLimits, openLogFile, writeToStderr } from "./log-file.ts";

/** What an event is about, beside its message. */
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

/** What can change while the log is in use. */
interface LogSettings extends LogLimits {
  readonly format: LogFormat;
  /** Writes the `debug` events too. */
  readonly verbose: boolean;
}

/** Where a log goes, and how it is written at first. */
export interface LogOptions extends LogSettings {
  readonly file: string;
  /** Writes to stderr as well: for a manager in the foreground. */
  readonly stderr?: boolean;
}

/** Opens the manager's log; each event is in the file when the call returns. */
export function createLog({ file, stderr = false, ...first }: LogOptions): Log {
  let settings: LogSettings = first;
  const logFile = openLogFile(file, (lost, reason) => lostLinesNote(lost, reason, settings.format));
  const write = (json: string): void => {
    const line = logLine(json, settings.format);
    if (stderr) writeToStderr(line);
    logFile.append(line, settings);
  };
  const logger = newLogger(write, first.verbose);
  return {
    info: (message, fields) => logger.info(safeFields(fields), cut(message)),
    warn: (message, fields) => logger.warn(safeFields(fields), cut(message)),
    error: (message, fields) => logger.error(safeFields(fields), cut(message)),
    debug: (message, fields) => logger.debug(safeFields(fields), cut(message)),
    reconfigure: (changed) => {
      settings = { ...settings, ...changed };
      logger.level = levelFor(settings.verbose);
    },
    close: () => {
      logger.level = "silent";
    },
  };
}

function newLogger(write: (json: string) => void, verbose: boolean): pino.Logger {
  const options = {
    level: levelFor(verbose),
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, { write });
}

function levelFor(verbose: boolean): pino.Level {
  return verbose ? "debug" : "info";
}

const PINO_NAMES = new Set(["level", "time", "msg"]);
const MAX_CHARACTERS = 4000;

/** A field named as one of pino's own would make a line with that name twice. */
function safeFields(fields: LogFields = {}): LogFields {
  const entries = Object.entries(fields).map(([name, value]) => [
    PINO_NAMES.has(name) ? `${name}_` : name,
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

/** A line of the log, its newline included, from pino's line. */
function logLine(json: string, format: LogFormat): string {
  return `${format === "json" ? escapeJsonText(json.trimEnd()) : textLine(json)}\n`;
}

/** The line that tells how many lines before it could not be written. */
function lostLinesNote(lost: number, reason: string, format: LogFormat): string {
  const msg = `${lost} ${lost === 1 ? "line" : "lines"} of this log could not be written`;
  return logLine(
    JSON.stringify({ level: "warn", time: new Date().toISOString(), lost, reason, msg }),
    format,
  );
}

/** `2026-11-22 10:15:02.123+01:00 INFO  job «x» started processors=4` */
function textLine(json: string): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const shown = Object.entries(fields).map(
    ([name, value]) => ` ${escapeControls(name)}=${fieldValue(value)}`,
  );
  const word = String(level).toUpperCase().padEnd(5);
  const { day, clock, offset } = wallClock(new Date(String(time)));
  return `${day} ${clock}${offset} ${word} ${escapeControls(String(msg))}${shown.join("")}`;
}

// Quoted where it could be taken for the next field.
function fieldValue(value: unknown): string {
  const text = String(value);
  return /^[^\s"=\\]+$/.test(text) && escapeControls(text) === text
    ? text
    : escapeControls(JSON.stringify(text));
}
