import { plainText } from "../text/terminal-line.ts";
import { TerminalLines } from "../text/terminal-text.ts";
import { LINE_PATTERNS } from "./error-patterns.ts";

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
export function errorLine(logEnd: string): string | undefined {
  const lines = unframedLines(logEnd);
  return best(lines.slice(-NEAR_LINES)) ?? best(lines);
}

function best(lines: readonly UnframedLine[]): string | undefined {
  const ranked = statementsIn(lines)
    .filter(({ strength, at }) => strength === "cause" || at >= lines.length - WEAK_REACH_LINES)
    .map(({ text, strength, at }) => ({ text, rank: at - ADVANTAGE_LINES[strength] }));
  const last = ranked.sort((one, other) => one.rank - other.rank).at(-1);
  return last === undefined ? undefined : shortened(last.text);
}

function statementsIn(lines: readonly UnframedLine[]): Statement[] {
  const statements: Statement[] = [];
  const traceback = new Traceback();
  let taken = -1;
  for (const [at, line] of lines.entries()) {
    const place = traceback.place(line);
    if (place === "frame" || at === taken || isAny(LINE_PATTERNS.frames, line.text)) continue;
    const next = isHead(line.text) ? toldBy(line.text, lines[at + 1]) : undefined;
    const text = next === undefined ? line.text : `${line.text} ${next}`;
    const isThrown = place === "exception" || isTraced(lines[at + 1]);
    const strength = isThrown ? strengthOfException(text) : strengthOf(text);
    const isTried = place === "outside" && isAny(LINE_PATTERNS.overcome, text);
    if (strength !== undefined) statements.push({ text, strength, at, isTried });
    else if (!isAny(LINE_PATTERNS.passedOver, text)) dropTried(statements);
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
  return isAny(LINE_PATTERNS.aftermath, text) ? "aftermath" : "cause";
}

/** A mark that a build tool or a logger puts before a line that need not tell of an error. */
const LEVEL = /^\[(?:ERROR|FATAL)\]\s*/;

function strengthOf(text: string): Statement["strength"] | undefined {
  const words = withoutHarmless(text);
  if (isNothing(words.replace(LEVEL, ""))) return undefined;
  if (isAny(LINE_PATTERNS.aftermath, words)) return "aftermath";
  if (isAny(LINE_PATTERNS.cause, words)) return "cause";
  return isAny(LINE_PATTERNS.trouble, words) ? "trouble" : undefined;
}

function isNothing(text: string): boolean {
  return isAny(LINE_PATTERNS.frames, text) || isAny(LINE_PATTERNS.passedOver, text);
}

/** Most lines have no such word, and there may be a thousand lines. */
const TROUBLED =
  /err|fail|fatal|except|problem|crash|kill|abort|timeout|missing|invalid|reject|unknown|corrupt|mismatch/i;

function withoutHarmless(text: string): string {
  if (!TROUBLED.test(text)) return text;
  const named = text.replaceAll(/\S+/g, (word) => (isAny(LINE_PATTERNS.names, word) ? "…" : word));
  return LINE_PATTERNS.harmless.reduce((rest, form) => rest.replaceAll(form, "…"), named);
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
  if (next === undefined || isAny(LINE_PATTERNS.aftermath, head)) return undefined;
  return next.text.startsWith("Traceback") || isNothing(next.text) ? undefined : next.text;
}

function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length <= MAX_CHARACTERS ? text : `${characters.slice(0, MAX_CHARACTERS - 1).join("")}…`;
}

/** Of a longer line the begin and the end are looked at. */
const MAX_LINE_CHARACTERS = 600;

/** Further above the end nothing is looked at. */
const MAX_LINES = 1000;

/** Characters that no text has; terminals know the others. */
const NO_TEXT = "\u0001-\u0006\u000e-\u001a\u001c-\u001f";
const BINARY = new RegExp(`[${NO_TEXT}]`);

/** Frames of a stack as Java, JavaScript, Haskell and gdb print them: of a row of them one counts. */
const FRAME_LINE = /^\s*(?:at \S.*[\d)>\]]|#\d+ +0x.*|\S+, called at \S+:\d+:\d+ in .*)$/;

/** One line that is not empty, without what only surrounds its text. */
interface UnframedLine {
  readonly text: string;
  /** Characters before the text, within a box that may be around it. */
  readonly indent: number;
}

/**
 * The last lines of a log as a terminal shows each of them, safe to show, without progress bars, binary data, boxes, rules and
 * the marks of launchers; at most 1,000, a row of stack frames being one. Nothing overwrites what stood before: the rest of a
 * bar would stand behind a shorter message.
 */
function unframedLines(logEnd: string): UnframedLine[] {
  const terminal = new TerminalLines();
  const raw = logEnd
    .replaceAll("\u001b[G", "\n")
    .replaceAll("\u001b[1G", "\n")
    .split(/[\r\n]+/)
    .filter((line) => !BINARY.test(line))
    .filter((line, at, all) => !isFrame(line) || !isFrame(all[at - 1] ?? ""))
    .slice(-MAX_LINES);
  const shown = raw.flatMap((line) => terminal.push(`${middleLeftOut(line)}\n`));
  return shown.map((line) => withoutFrame(plainText(line).trimEnd())).filter(({ text }) => text !== "");
}

function isFrame(line: string): boolean {
  return line.length <= MAX_LINE_CHARACTERS && FRAME_LINE.test(line);
}

function middleLeftOut(line: string): string {
  const half = MAX_LINE_CHARACTERS / 2;
  const short = line.length <= MAX_LINE_CHARACTERS ? line : line.replaceAll(/(.)\1{20,}/gsu, "$1$1$1$1");
  return short.length <= MAX_LINE_CHARACTERS ? short : `${short.slice(0, half)} … ${short.slice(-half)}`;
}

/** The mark by which launchers tell which of many processes wrote a line: `[rank0]: `, `[1,0]<stderr>:`, `[0]PETSC ERROR: `. */
const RANK =
  /^(?:\[rank\d+\]: ?|\[\d+,\d+\]<\w+>: ?|\[\d+\]PETSC ERROR: ?|\d+: (?=Traceback|\s|[\w.]+: )|npm (?:ERR!|error) )/;

/** A progress bar, with what stands before it: `step 4:  45%|####    | 45/100 [00:01<00:01, 40it/s]`, `[####----] 45 %`. */
const BAR =
  /^.{0,200}?(?:\d{1,3}(?:\.\d+)? ?%\s{0,4}\|[^|]{0,200}\||\[[#=█▉▊▋▌▍▎▏>\-. ]{4,200}\]|[█━▇■]{4,200})(?:\s{0,4}\d{1,3}(?:\.\d+)? ?%)?(?:\s{0,4}[\d.]+[kMG]?\/[\d.?]+[kMG]?)?(?:\s{0,4}\[[^\]]{0,80}\])?/u;

/** Boxes and rules around a text: `| …`, `*** … ***`, `===== … =====`, `--> …`. */
const FRAME = /^\s*(?:[|│┃╎>*=%!#~{+.-]+\s+|\{(?=\w)|\.{3,}|[│┃]\s*)|(?<=\s)[|│┃*=%!#~-]+\s*$/gu;

function withoutFrame(line: string): UnframedLine {
  const own = line.replace(RANK, "");
  // A shell's trace (`+ command`) keeps its sign, by which it is known.
  const text = /^\++ (?!Exception Group)/.test(own) ? own : own.replace(BAR, "").replace(FRAME, "");
  const unboxed = own.replace(/^\s*[|│]\s?/u, "");
  return { text: text.trim(), indent: unboxed.search(/\S/) };
}
