import { escapeControls } from "./escape.ts";

/** A stranger's text for use inside a message: in double quotes, on one line, shortened to some characters. */
export function quoted(text: string, maxCharacters = 60): string {
  const characters = Array.from(text.slice(0, 2 * maxCharacters + 2));
  const shown = escapeControls(characters.slice(0, maxCharacters).join(""));
  return characters.length > maxCharacters ? `"${shown}…"` : `"${shown}"`;
}
