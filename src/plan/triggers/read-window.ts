import { ok, type Parsed, wrong } from "../../text/parsed.ts";
import { indexOfName, parseClock, parseDay, WEEKDAYS } from "./wall.ts";
import { DAY_MINUTES, type WeekTime, type Window, type WindowDays } from "./window.ts";

export const WINDOW_RIGHT =
  "should be such as 12:00-13:00, MON 08:00-FRI 18:00, SAT, 2026-12-24, 2026-12-24..2027-01-02, 12-25 or 2026-12-24 12:00-18:00";

/** Longer texts are no windows, and would keep the patterns busy. */
const MAX_LENGTH = 100;

/**
 * A window: times of the day, `12:00-13:00`, on some days only, `2026-12-24 12:00-18:00`; whole days; or from one weekday's
 * time to another's, `MON 08:00-FRI 18:00`. Days are weekdays, dates, dates of each year, and ranges of these.
 */
export function readWindow(text: string): Parsed<Window> {
  if (text.length > MAX_LENGTH) return wrong(WINDOW_RIGHT, `has ${text.length} characters`);
  const weekly = /^([a-z]+)\s+([\d:]+)\s*-\s*([a-z]+)\s+([\d:]+)$/i.exec(text);
  if (weekly !== null) return readWeekly(weekly[1], weekly[2], weekly[3], weekly[4]);
  const [, dayText = "", fromText, toText] = /^(.*?)\s*(?:([\d:]*:[\d:]*)\s*-\s*([\d:]+))?$/.exec(text) ?? [];
  const days = readDays(dayText);
  if (days.kind === "wrong") return days;
  if (fromText !== undefined) return readTimes(days.value, fromText, toText ?? "");
  if (dayText === "") return wrong(WINDOW_RIGHT);
  return ok({ kind: "daily", days: days.value, from: 0, to: DAY_MINUTES });
}

/** A text that is no window was probably meant as one, and not as a calendar's name. */
export function looksLikeWindow(text: string): boolean {
  return /^\d|[\s:]|\.\./.test(text);
}

function readTimes(days: WindowDays, fromText: string, toText: string): Parsed<Window> {
  const [from, to] = [parseClock(fromText), parseClock(toText)];
  if (from === undefined || from === DAY_MINUTES) return wrongTime(fromText);
  if (to === undefined) return wrongTime(toText);
  if (from === to) return wrong("should end at another time than it begins; or name the days alone, as SAT");
  return ok({ kind: "daily", days, from, to });
}

function readWeekly(firstDay = "", firstTime = "", lastDay = "", lastTime = ""): Parsed<Window> {
  const [from, to] = [readWeekTime(firstDay, firstTime), readWeekTime(lastDay, lastTime)];
  if (from.kind === "wrong") return from;
  if (to.kind === "wrong") return to;
  if (from.value === to.value) return wrong("should end at another time than it begins");
  return ok({ kind: "weekly", from: from.value, to: to.value });
}

function readWeekTime(day: string, time: string): Parsed<WeekTime> {
  const weekday = indexOfName(day, WEEKDAYS);
  if (weekday === undefined) return wrongDay(day);
  const minutes = parseClock(time);
  return minutes === undefined ? wrongTime(time) : ok((weekday * DAY_MINUTES + minutes) % (7 * DAY_MINUTES));
}

function readDays(text: string): Parsed<WindowDays> {
  if (text === "") return ok({ kind: "all" });
  if (/^[a-z]/i.test(text)) return readWeekdayRange(text);
  const [first = "", last = first, ...rest] = text.split("..").map((part) => part.trim());
  const days = rest.length === 0 ? (datesOf(first, last) ?? yearlyOf(first, last)) : undefined;
  if (days === undefined) return wrongDay(text);
  const isBackwards = days.kind === "dates" && days.first > days.last;
  return isBackwards ? wrong(`should be ${last}..${first}: the earlier day comes first`) : ok(days);
}

function readWeekdayRange(text: string): Parsed<WindowDays> {
  const [first = "", last = first, ...rest] = text.split("-").map((part) => part.trim());
  const [from, to] = [indexOfName(first, WEEKDAYS), indexOfName(last, WEEKDAYS)];
  if (from === undefined || to === undefined || rest.length > 0) return wrongDay(text);
  const count = ((to - from + 7) % 7) + 1;
  return ok({ kind: "weekdays", weekdays: Array.from({ length: count }, (_, index) => (from + index) % 7) });
}

function datesOf(firstText: string, lastText: string): Extract<WindowDays, { kind: "dates" }> | undefined {
  const [first, last] = [parseDay(firstText), parseDay(lastText)];
  return first === undefined || last === undefined ? undefined : { kind: "dates", first, last };
}

function yearlyOf(firstText: string, lastText: string): WindowDays | undefined {
  const [first, last] = [yearDay(firstText), yearDay(lastText)];
  return first === undefined || last === undefined ? undefined : { kind: "yearly", first, last };
}

/** Month * 100 + day, of a leap year too. */
function yearDay(text: string): number | undefined {
  return parseDay(`2000-${text}`) === undefined ? undefined : Number(text.replace("-", ""));
}

function wrongDay(text: string): Parsed<never> {
  return wrong(WINDOW_RIGHT, `has "${text}" as day`);
}

function wrongTime(text: string): Parsed<never> {
  return wrong("should be times from 00:00 to 24:00, such as 12:00-13:00", `has "${text}" as time`);
}
