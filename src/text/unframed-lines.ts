import { TerminalLines } from "./terminal-text.ts";

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
export interface UnframedLine {
  readonly text: string;
  /** Characters before the text, within a box that may be around it. */
  readonly indent: number;
}

/**
 * The last lines of a log as a terminal shows each of them, safe to show, without progress bars, binary data, boxes, rules and
 * the marks of launchers; at most 1,000, a row of stack frames being one. Nothing overwrites what stood before: the rest of a
 * bar would stand behind a shorter message.
 */
export function unframedLines(logEnd: string): UnframedLine[] {
  const terminal = new TerminalLines();
  const raw = logEnd
    .replaceAll("\u001b[G", "\n")
    .replaceAll("\u001b[1G", "\n")
    .split(/[\r\n]+/)
    .filter((line) => !BINARY.test(line))
    .filter((line, at, all) => !isFrame(line) || !isFrame(all[at - 1] ?? ""))
    .slice(-MAX_LINES);
  const shown = raw.flatMap((line) => terminal.push(`${middleLeftOut(line)}\n`));
  return shown
    .map((spans) =>
      withoutFrame(
        spans
          .map(({ text }) => text)
          .join("")
          .trimEnd(),
      ),
    )
    .filter(({ text }) => text !== "");
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
