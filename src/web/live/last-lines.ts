import path from "node:path";
import { readOwnLogTail } from "../../queue/files/job-log.ts";
import { JOB_FILES, type Layout } from "../../queue/layout.ts";
import { plainText } from "../../text/terminal-line.ts";
import { TerminalLines } from "../../text/terminal-text.ts";

const TAIL_BYTES = 2048;
const MAX_CHARACTERS = 160;

/** The last line that is not empty of each running job's log, as far as there is one. */
export function lastLinesOf(layout: Layout, jobs: readonly { readonly name: string }[]): Map<string, string> {
  const lines = jobs.flatMap(({ name }): [string, string][] => {
    const tail = readOwnLogTail(path.join(layout.running, name), JOB_FILES.log, TAIL_BYTES);
    return tail === undefined ? [] : [[name, lastLine(tail.toString("utf8"))]];
  });
  return new Map(lines);
}

function lastLine(tail: string): string {
  const terminal = new TerminalLines();
  const lines = [...terminal.push(tail), terminal.unfinished].map((line) => plainText(line).trim());
  return (lines.findLast((line) => line !== "") ?? "").slice(0, MAX_CHARACTERS);
}
