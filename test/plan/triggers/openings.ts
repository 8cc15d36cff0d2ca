import { expect } from "vitest";
import { type Calendar, readCalendar, readWindows } from "../../../src/plan/triggers/calendar.ts";
import type { Opening } from "../../../src/plan/triggers/opening.ts";

export const calendars = new Map<string, Calendar>([
  ["holidays", readCalendar("2026-12-24..2027-01-02 # the works are closed\r\n\r\n# each year\r\n05-01\r\n")],
  ["2027", readCalendar("SAT\n2027-03-01 12:00-18:00")],
  ["empty", readCalendar("")],
  ["broken", readCalendar("SAT\n\n31.12.2026")],
]);

export function opening(exclude: string, only = ""): Opening {
  return { exclude: named(exclude), only: named(only) };
}

function named(text: string): Opening["only"] {
  if (text === "") return [];
  const read = readWindows(text, calendars);
  expect(read, text).toMatchObject({ kind: "ok" });
  return read.kind === "ok" ? read.value : [];
}
