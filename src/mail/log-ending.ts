import { TerminalLines } from "../text/terminal-text.ts";
import { oneLine } from "./letter.ts";

/** More is not looked at: one line of a progress bar can be this long. */
const MAX_CHARACTERS = 64 * 1024;
const MAX_LINE_CHARACTERS = 500;

/**
 * The last lines of a log as they would stand on a terminal: bars that overwrite themselves are one line, what would
 * steer a terminal or a mail program is left out. The manager's own lines are none of them.
 */
export function logEnding(text: string, maxLines: number): readonly string[] {
  const terminal = new TerminalLines();
  const lines = [...terminal.push(text.slice(-MAX_CHARACTERS)), terminal.unfinished]
    .map((line) => line.map((span) => span.text).join(""))
    .map((line) => oneLine(line.trimEnd(), MAX_LINE_CHARACTERS));
  const jobs = lines.filter((line) => !line.startsWith("[QM] "));
  return jobs.slice(0, jobs.findLastIndex((line) => line !== "") + 1).slice(-maxLines);
}
