import picocolors from "picocolors";
import { QmError } from "../../text/errors.ts";
import { escapeControls, escapeJsonText } from "../../text/escape.ts";

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

/** An answer in each of its forms; only the one that is asked for is made. */
interface Answer {
  readonly json: () => unknown;
  readonly names: () => readonly string[];
  /** Writes it for people. */
  readonly write: () => void;
}

/** Writes the answer of a verb that reads, as its options ask for it. */
export function writeAnswer(io: Io, { json, quiet }: ReadingOptions, answer: Answer): void {
  if (json === true) writeJson(io, answer.json());
  else if (quiet === true) writeNames(io, answer.names());
  else answer.write();
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

/** The destination of a command's output: a terminal, a pipe, a file, or a test's memory. */
export interface Sink {
  readonly isTTY: boolean;
  /** Width of the terminal in characters; infinite where there is none. */
  readonly columns: number;
  /** False when what was written waits in memory; `drained` then tells when to go on. */
  write(chunk: string | Uint8Array): boolean;
  drained(): Promise<void>;
}

/** Everything through which a command meets its surroundings, so that tests can give it others. */
export interface Io {
  /** For data. */
  readonly stdout: Sink;
  /** For messages. */
  readonly stderr: Sink;
  /** True where a person can be asked. */
  readonly canAsk: boolean;
  /** Puts a question on stderr and waits for one line; empty at the end of the input, undefined at Ctrl-C. */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From the first call on, Ctrl-C and TERM abort this instead of ending the program. */
  readonly interruption: () => AbortSignal;
}

/** Colours for one sink; each leaves the text as it is where there are to be none. */
export type Style = ReturnType<typeof picocolors.createColors>;

/** Colours only on a terminal, and not where `NO_COLOR` (not empty) or `TERM=dumb` says so. */
export function styleFor(sink: Sink, env: Io["env"]): Style {
  const refused = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return picocolors.createColors(sink.isTTY && !refused);
}

/**
 * Says what will be touched and, on a terminal, asks. Where nobody can be asked (a pipe, a script) it is done
 * without asking, as with `-y`. Throws `refused` when the answer is not yes, `interrupted` at Ctrl-C.
 */
export async function confirm(io: Io, touched: readonly string[], yes: boolean | undefined): Promise<void> {
  for (const line of touched) note(io, line);
  if (yes === true || !io.canAsk) return;
  const answer = await io.ask("Go on? [y/N] ");
  if (answer === undefined) throw new QmError("interrupted", "interrupted: nothing was done");
  if (!/^y(es)?$/i.test(answer.trim())) throw new QmError("refused", "nothing was done");
}
