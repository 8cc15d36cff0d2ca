// Controls, line separators, bidi marks and the byte-order mark: all that can break or forge a line.
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Text of a stranger, made safe for one line of a terminal or a log: controls appear as `\n`, `\x1b`, `\u202e`. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT[character] ?? escapeCode(character.charCodeAt(0)));
}

/** As `escapeControls`, for a text that may have several lines by right: they follow one another on one. */
export function onOneLine(text: string): string {
  const lines = text.split(/[\r\n]/).map((line) => line.trim());
  return escapeControls(lines.filter((line) => line !== "").join(" "));
}

/** JSON text in which the unsafe characters that JSON leaves as they are appear as its own escapes; its line breaks stay. */
export function escapeJsonText(json: string): string {
  return json.replace(UNSAFE, (character) =>
    character < " " ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Text without its unsafe characters, each replaced by a harmless one. */
export function replaceUnsafe(text: string, by: string): string {
  return text.replace(UNSAFE, by);
}

function escapeCode(code: number): string {
  const digits = code.toString(16);
  return code < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

/** A stranger's text for use inside a message: in double quotes, on one line, shortened to some characters. */
export function quoted(text: string, maxCharacters = 60): string {
  const characters = Array.from(text.slice(0, 2 * maxCharacters + 2));
  const shown = escapeControls(characters.slice(0, maxCharacters).join(""));
  return characters.length > maxCharacters ? `"${shown}…"` : `"${shown}"`;
}

/**
 * A word that a POSIX shell takes for exactly this text, as plain as can be: a file, an argument, the name of a program. In
 * quotes where it would be an assignment as the first word of a command.
 */
export function quoteForShell(text: string): string {
  const isPlain = /^[\w./+,:@%=-]+$/.test(text) && !/^\w+\+?=/.test(text);
  return isPlain ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
