import { escapeControls, escapeJsonText } from "../text/escape.ts";
import { wallClock } from "../text/local-time.ts";

/** `text` for people, `json` for programs. */
export type LogFormat = "text" | "json";

/** A line of the log, its newline included, from pino's line. */
export function logLine(json: string, format: LogFormat): string {
  return `${format === "json" ? escapeJsonText(json.trimEnd()) : textLine(json)}\n`;
}

/** The line that tells how many lines before it could not be written. */
export function lostLinesNote(lost: number, reason: string, format: LogFormat): string {
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
