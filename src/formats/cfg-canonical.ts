import type { DialectOption } from "./cfg-dialect.ts";
import { stripEnd } from "./python-text.ts";

/**
 * Ends every name and value. With it none of them is a word or form that `ini` treats specially:
 * `__proto__` (dropped), `key[]` (a list), `true`, `false` and `null` (no longer text).
 */
const FENCE = "|";

/** An option as `"key|" = "value|"`: quoted as JSON, so that `ini` splits at nothing and cuts at nothing in it. */
export function canonicalLine(name: string, option: DialectOption): string {
  const value = stripEnd(option.valueLines.join("\n"));
  return `${quotedForIni(fenced(name))} = ${quotedForIni(fenced(value))}`;
}

/** A name or value with the fence that {@link unfenced} takes away again. */
export function fenced(text: string): string {
  return text + FENCE;
}

/** The text of a value that `ini` gave back. */
export function unfenced(value: unknown): string {
  return String(value).slice(0, -FENCE.length);
}

/** `ini` reads a value up to what a regular expression takes for the end of a line, hence the two escapes. */
function quotedForIni(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
