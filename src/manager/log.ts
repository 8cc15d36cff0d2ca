import { pino } from "pino";
import { type LogLimits, openLogFile, writeToStderr } from "./log-file.ts";
import { type LogFormat, logLine, lostLinesNote } from "./log-line.ts";

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
