/** White space as Python's `str.isspace`, `str.strip` and `\s` know it; JavaScript's set differs at both ends. */
const WHITE_SPACE = new Set(
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);

/** Python's `str.lstrip()`. */
export function stripStart(text: string): string {
  let start = 0;
  while (WHITE_SPACE.has(text.charAt(start))) start += 1;
  return text.slice(start);
}

/** Python's `str.rstrip()`. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (WHITE_SPACE.has(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Python's `str.strip()`. */
export function strip(text: string): string {
  return stripEnd(stripStart(text));
}

/** The lines of a file opened in text mode: ended by `\n`, `\r\n` or `\r`, and by nothing else; no byte-order mark. */
export function textLines(text: string): string[] {
  return text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
}
