/**
 * A word that a POSIX shell takes for exactly this text, as plain as can be: a file, an argument, the name of a program. In
 * quotes where it would be an assignment as the first word of a command.
 */
export function quoteForShell(text: string): string {
  const isPlain = /^[\w./+,:@%=-]+$/.test(text) && !/^\w+\+?=/.test(text);
  return isPlain ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
