import { nearest } from "../../text/nearest.ts";
import { commaSeparated, ok, type Parsed, wrong } from "../../text/parsed.ts";
import type { Fault } from "../../text/problem.ts";
import { looksLikeWindow, readWindow, WINDOW_RIGHT } from "./read-window.ts";
import type { Window } from "./window.ts";

/** A text of windows, one a line. */
export interface Calendar {
  readonly windows: readonly Window[];
  readonly faults: readonly CalendarFault[];
}

/** A line that is no window. */
interface CalendarFault extends Fault {
  /** 1-based. */
  readonly line: number;
}

/** Windows by the name under which a recurring job has them: a calendar's, or a window's own text. */
export interface NamedWindows {
  readonly name: string;
  readonly windows: readonly Window[];
}

const MOST_SHOWN = 80;

/** The text of a calendar: a window on each line, blank lines, and remarks after `#`. */
export function readCalendar(text: string): Calendar {
  const windows: Window[] = [];
  const faults: CalendarFault[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const written = line.replace(/#.*$/, "").trim();
    const read = written === "" ? undefined : readWindow(written);
    if (read?.kind === "ok") windows.push(read.value);
    if (read?.kind === "wrong") {
      const instead = read.wrong ?? `is "${written.slice(0, MOST_SHOWN)}"`;
      faults.push({ line: index + 1, wrong: instead, right: read.right });
    }
  }
  return { windows, faults };
}

/** The value of `exclude` or `only`: windows, and calendars by their names, separated by commas. */
export function readWindows(
  text: string,
  calendars: ReadonlyMap<string, Calendar>,
): Parsed<readonly NamedWindows[]> {
  const all: NamedWindows[] = [];
  for (const part of commaSeparated(text)) {
    const read = readNamed(part, calendars);
    if (read.kind === "wrong") return read;
    all.push(read.value);
  }
  return all.length > 0 ? ok(all) : wrong(`${WINDOW_RIGHT}, or the name of a calendar`);
}

function readNamed(text: string, calendars: ReadonlyMap<string, Calendar>): Parsed<NamedWindows> {
  const own = readWindow(text);
  if (own.kind === "ok") return ok({ name: text, windows: [own.value] });
  const name = text.replace(/\.txt$/, "");
  const calendar = calendars.get(name);
  if (calendar !== undefined) return ofCalendar(name, calendar);
  if (looksLikeWindow(text)) return wrong(own.right, own.wrong ?? `has "${text}"`);
  return unknownCalendar(name, [...calendars.keys()]);
}

function ofCalendar(name: string, calendar: Calendar): Parsed<NamedWindows> {
  const [fault] = calendar.faults;
  if (fault === undefined) return ok({ name, windows: calendar.windows });
  return wrong(fault.right, `names the calendar ${name}, which in line ${fault.line} ${fault.wrong}`);
}

function unknownCalendar(name: string, names: readonly string[]): Parsed<never> {
  const meant = nearest(name, names);
  const hint = meant === undefined ? "" : ` (${meant}?)`;
  return wrong(
    `should be a calendar in QM_rJobs/.calendars${hint} or a window such as 12:00-13:00`,
    `has "${name}", which is no calendar`,
  );
}
