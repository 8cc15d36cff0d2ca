import { type UnframedLine, unframedLines } from "../text/unframed-lines.ts";
import { LINE_FORMS } from "./telling-words.ts";

const MAX_CHARACTERS = 160;

/** By how many lines a stronger statement may stand above a weaker one and still count before it. */
const ADVANTAGE_LINES = { cause: 0, trouble: 60, aftermath: 120 } as const;

/** Plain words that stand further above the end are hardly why the job ended. */
const WEAK_REACH_LINES = 20;

/** Nothing that stands further above comes before what these lines tell. */
const NEAR_LINES = 300;

interface Statement {
  readonly text: string;
  readonly strength: keyof typeof ADVANTAGE_LINES;
  /** Its line, counted among those that are not empty. */
  readonly at: number;
  /** Of an error that the program meant to overcome. */
  readonly isTried: boolean;
}

/**
 * The line in which a job's log says why it ended: the last that names an error, else the last words of trouble; undefined where
 * none does. Never a line of the manager's or a progress bar. One line of at most 160 characters, safe to show.
 * @param logEnd the end of the log; a `\r` ends a line as `\n` does
 */
export function tellingLine(logEnd: string): string | undefined {
  const lines = unframedLines(logEnd);
  return best(lines.slice(-NEAR_LINES)) ?? best(lines);
}

function best(lines: readonly UnframedLine[]): string | undefined {
  const last = statementsIn(lines)
    .filter(({ strength, at }) => strength === "cause" || at >= lines.length - WEAK_REACH_LINES)
    .map((statement) => ({ ...statement, rank: statement.at - ADVANTAGE_LINES[statement.strength] }))
    .reduce<Ranked | undefined>(
      (last, next) => (last === undefined || next.rank >= last.rank ? next : last),
      undefined,
    );
  return last === undefined ? undefined : shortened(last.text);
}

type Ranked = Statement & { readonly rank: number };

function statementsIn(lines: readonly UnframedLine[]): Statement[] {
  const statements: Statement[] = [];
  const traceback = new Traceback();
  let taken = -1;
  for (const [at, line] of lines.entries()) {
    const place = traceback.place(line);
    if (place === "frame" || at === taken || isAny(LINE_FORMS.frames, line.text)) continue;
    const next = isHead(line.text) ? toldBy(line.text, lines[at + 1]) : undefined;
    const text = next === undefined ? line.text : `${line.text} ${next}`;
    const isThrown = place === "exception" || isTraced(lines[at + 1]);
    const strength = isThrown ? strengthOfException(text) : strengthOf(text);
    const isTried = place === "outside" && isAny(LINE_FORMS.overcome, text);
    if (strength !== undefined) statements.push({ text, strength, at, isTried });
    else if (!isAny(LINE_FORMS.passedOver, text)) dropTried(statements);
    if (next !== undefined) taken = at + 1;
  }
  return statements;
}

/** The program has gone on: it has overcome what it tried to. */
function dropTried(statements: Statement[]): void {
  while (statements.at(-1)?.isTried === true) statements.pop();
}

/** An exception of whatever name stands right above its frames. */
function isTraced(next: UnframedLine | undefined): boolean {
  return next !== undefined && /^at \S+\(.*\)$|^at .*:\d+:\d+\)?$|^CallStack \(from/.test(next.text);
}

/** Python's traceback: whatever its exception is called, it is the first line that is not indented behind the header. */
class Traceback {
  #indent: number | undefined;
  #isIgnored = false;

  place({ text, indent }: UnframedLine): "frame" | "exception" | "outside" {
    if (/Traceback \(most recent call last\):?$/.test(text)) {
      this.#indent = text.startsWith("Traceback") || text.startsWith("Exception Group") ? indent : 0;
      return "frame";
    }
    if (text.startsWith("Exception ignored in")) this.#isIgnored = true;
    if (this.#indent === undefined) return "outside";
    if (indent > this.#indent) return "frame";
    this.#indent = undefined;
    const isIgnored = this.#isIgnored;
    this.#isIgnored = false;
    return isIgnored ? "frame" : "exception";
  }
}

function strengthOfException(text: string): Statement["strength"] {
  return isAny(LINE_FORMS.aftermath, text) ? "aftermath" : "cause";
}

/** A mark that a build tool or a logger puts before a line that need not tell of an error. */
const LEVEL = /^\[(?:ERROR|FATAL)\]\s*/;

function strengthOf(text: string): Statement["strength"] | undefined {
  const words = withoutHarmless(text);
  if (isNothing(words.replace(LEVEL, ""))) return undefined;
  if (isAny(LINE_FORMS.aftermath, words)) return "aftermath";
  if (isAny(LINE_FORMS.cause, words)) return "cause";
  return isAny(LINE_FORMS.trouble, words) ? "trouble" : undefined;
}

function isNothing(text: string): boolean {
  return isAny(LINE_FORMS.frames, text) || isAny(LINE_FORMS.passedOver, text);
}

/** Most lines have no such word, and there may be a thousand lines. */
const TROUBLED =
  /err|fail|fatal|except|problem|crash|kill|abort|timeout|missing|invalid|reject|unknown|corrupt|mismatch/i;

function withoutHarmless(text: string): string {
  if (!TROUBLED.test(text)) return text;
  const named = text.replaceAll(/\S+/g, (word) => (isAny(LINE_FORMS.names, word) ? "…" : word));
  return LINE_FORMS.harmless.reduce((rest, form) => rest.replaceAll(form, "…"), named);
}

function isAny(forms: readonly RegExp[], text: string): boolean {
  return forms.some((form) => form.test(text));
}

/** A line that announces an error which the next line tells. */
function isHead(text: string): boolean {
  if (/^Error using [^:]+$|^terminate called after/.test(text)) return true;
  return (
    /^(fatal )?error$/i.test(text) ||
    (text.endsWith(":") && /error|exception|fatal|panicked|caused by|fail/i.test(text))
  );
}

function toldBy(head: string, next: UnframedLine | undefined): string | undefined {
  if (next === undefined || isAny(LINE_FORMS.aftermath, head)) return undefined;
  return next.text.startsWith("Traceback") || isNothing(next.text) ? undefined : next.text;
}

function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length <= MAX_CHARACTERS ? text : `${characters.slice(0, MAX_CHARACTERS - 1).join("")}…`;
}
