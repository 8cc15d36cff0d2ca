import type { EndedJob } from "../job/job.ts";
import type { JobRecord, RecordState } from "../job/record.ts";
import { causesOf, PUT_AWAY, warningOf, wordOf } from "../job/words.ts";
import { formatDuration } from "../text/duration.ts";
import { escapeControls } from "../text/escape.ts";
import type { Style } from "./terminal/output.ts";

/** The word in its colour: green for done, red for what went wrong, yellow for what was killed on purpose. */
export function paintState(style: Style, state: RecordState, text: string): string {
  if (state === "done") return style.green(text);
  if (state === "running") return style.cyan(text);
  return state === "killed" ? style.yellow(text) : style.red(text);
}

/** `done hello in 3 s`, `FAILED hello after 12 min: the command ended with exit code 1`. */
export function describeEnd(end: EndedJob, style: Style): string {
  const shown = escapeControls(end.name);
  if (end.state === "put_away") return `${style.red("PUT AWAY")} ${shown}: ${PUT_AWAY.cause}`;
  if (end.state === "gone") return `${style.red("GONE")} ${shown}: its folder was taken away`;
  const { record } = end;
  const word = paintState(style, record.state, wordOf(record));
  if (record.state === "done") {
    const warning = warningOf(record);
    return `${word} ${shown}${timing(" in", record)}${warning === undefined ? "" : `: ${escapeControls(warning)}`}`;
  }
  return `${word} ${shown}${timing(" after", record)}: ${causesOf(record).map(escapeControls).join("\n  ")}`;
}

function timing(word: string, { ranSeconds }: JobRecord): string {
  return ranSeconds === undefined ? "" : `${word} ${formatDuration(ranSeconds)}`;
}
