import { escapeControls, escapeJsonText } from "../text/escape.ts";
import type { Io, Sink } from "./io.ts";

/** Options of every verb that reads. */
export interface ReadingOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Writes one JSON value; control characters in it are escaped as JSON does, so it is safe on a terminal too. */
export function writeJson(io: Io, value: unknown): void {
  const text = JSON.stringify(value, null, io.stdout.isTTY ? 2 : undefined);
  io.stdout.write(`${escapeJsonText(text)}\n`);
}

/** Writes lines of text that are safe already. */
export function writeLines(sink: Sink, lines: readonly string[]): void {
  if (lines.length > 0) sink.write(`${lines.join("\n")}\n`);
}

/**
 * Writes names only, one a line: as they are for a program, escaped on a terminal. A name with a line break is
 * escaped always, as one line would otherwise not be one name; the verbs take a name in that form too.
 */
export function writeNames(io: Io, names: readonly string[]): void {
  writeLines(
    io.stdout,
    names.map((name) => (io.stdout.isTTY || /[\r\n]/.test(name) ? escapeControls(name) : name)),
  );
}

/** Tells a person something beside the data. */
export function note(io: Io, text: string): void {
  io.stderr.write(`${escapeControls(text)}\n`);
}
