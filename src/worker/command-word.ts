/** The first word of a shell command line, where it is a plain file name. */
export interface FirstWord {
  /** What comes before it: blanks. */
  readonly before: string;
  /** As written, with its quotes. */
  readonly written: string;
  /** The name that it stands for. */
  readonly name: string;
  /** The rest of the line, from right behind the word. */
  readonly after: string;
}

// Characters that a POSIX shell takes for themselves; the word must end at a blank, an operator or the end.
const BARE = /[^\s'"\\$`*?[\]{}()<>|&;#!~=]+/y;
const QUOTED = /'[^'\0]+'|"[^"\\$`\0]+"/y;
const WORD_END = /^(?:$|[\s;|&<>])/;

// Words that the shell takes for itself even where no program of that name is on the PATH.
const SHELL_WORDS = new Set(
  `. : alias bg break case cd command continue coproc do done elif else esac eval exec exit export fc fg fi for
  function getopts hash if in jobs local read readonly return select set shift source then time times trap type
  ulimit umask unalias unset until wait while`.split(/\s+/),
);

/**
 * Splits off the first word as a POSIX shell would. Undefined where that would need the shell itself: expansions,
 * assignments, partly quoted words, redirections, compound commands, and the shell's own words.
 */
export function firstWordOf(script: string): FirstWord | undefined {
  const before = /^\s*/.exec(script)?.[0] ?? "";
  const written = matchAt(QUOTED, script, before.length) ?? matchAt(BARE, script, before.length);
  if (written === undefined) return undefined;
  const after = script.slice(before.length + written.length);
  const isQuoted = /^['"]/.test(written);
  const name = isQuoted ? written.slice(1, -1) : written;
  if (!WORD_END.test(after) || name.includes("\n")) return undefined;
  if (!isQuoted && (SHELL_WORDS.has(name) || isDescriptor(name, after))) return undefined;
  return { before, written, name, after };
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

// In `2>errors program`, 2 is no word of the command.
function isDescriptor(name: string, after: string): boolean {
  return /^\d+$/.test(name) && /^[<>]/.test(after);
}
