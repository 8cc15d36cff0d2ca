import { describe, expect, it } from "vitest";
import { readCalendar, readWindows } from "../../../src/plan/triggers/calendar.ts";
import { closedAt, nextOpen, type Opening } from "../../../src/plan/triggers/opening.ts";
import { sample } from "../../support/chance.ts";
import { calendars, opening } from "./openings.ts";
import { timetable } from "./zone-clock.ts";

const WEEK = 7 * 86_400_000;

function isExcluded(text: string, wall: string): boolean {
  return closedAt(opening(text), Date.parse(`${wall}Z`)) !== undefined;
}

describe("a window", () => {
  it.each([
    ["12:00-13:00", ["2026-12-01T12:00", "2026-12-01T12:59"], ["2026-12-01T11:59", "2026-12-01T13:00"]],
    ["22:00-06:00", ["2026-12-01T22:00", "2026-12-02T05:59"], ["2026-12-01T21:59", "2026-12-02T06:00"]],
    ["22:00-24:00", ["2026-12-01T23:59"], ["2026-12-02T00:00"]],
    [
      "MON 08:00-FRI 18:00",
      ["2026-11-30T08:00", "2026-12-02T03:00", "2026-12-04T17:59"],
      ["2026-11-30T07:59", "2026-12-04T18:00", "2026-12-05T12:00"],
    ],
    [
      "FRI 18:00-MON 08:00",
      ["2026-12-04T18:00", "2026-12-06T12:00", "2026-12-07T07:59"],
      ["2026-12-04T17:59", "2026-12-07T08:00"],
    ],
    ["SAT", ["2026-12-05T00:00", "2026-12-05T23:59"], ["2026-12-04T23:59", "2026-12-06T00:00"]],
    ["SAT-SUN", ["2026-12-05T00:00", "2026-12-06T23:59"], ["2026-12-04T23:59", "2026-12-07T00:00"]],
    ["FRI 22:00-06:00", ["2026-12-04T22:00", "2026-12-05T05:59"], ["2026-12-04T03:00", "2026-12-05T06:00"]],
    ["MON-FRI 08:00-18:00", ["2026-12-04T08:00"], ["2026-12-04T18:00", "2026-12-05T09:00"]],
    ["2026-12-24", ["2026-12-24T00:00", "2026-12-24T23:59"], ["2026-12-25T00:00", "2027-12-24T12:00"]],
    [
      "2026-12-24..2027-01-02",
      ["2026-12-24T00:00", "2027-01-02T23:59"],
      ["2026-12-23T23:59", "2027-01-03T00:00"],
    ],
    ["12-25", ["2026-12-25T12:00", "2031-12-25T12:00"], ["2026-12-26T00:00"]],
    ["12-24..01-02", ["2026-12-24T00:00", "2030-01-02T23:59"], ["2030-01-03T00:00", "2030-12-23T12:00"]],
    ["02-29", ["2028-02-29T12:00"], ["2027-03-01T00:00", "2027-02-28T00:00"]],
    ["2026-12-24 12:00-18:00", ["2026-12-24T12:00"], ["2026-12-24T18:00", "2026-12-25T12:00"]],
    [
      "12:00-13:00, holidays",
      ["2026-12-01T12:30", "2026-12-30T03:00", "2027-05-01T03:00"],
      ["2026-12-01T13:30"],
    ],
    ["holidays.txt", ["2026-12-30T03:00"], ["2026-12-01T12:30"]],
    ["2027", ["2026-12-05T12:00", "2027-03-01T17:59"], ["2027-03-01T18:00"]],
    ["empty", [], ["2026-12-05T12:00"]],
  ])("of %s has its beginning, and not its end", (text, within, outside) => {
    expect(within.filter((wall) => !isExcluded(text, wall))).toEqual([]);
    expect(outside.filter((wall) => isExcluded(text, wall))).toEqual([]);
  });

  it.each([
    ["25:00-13:00", 'has "25:00" as time', "00:00 to 24:00"],
    ["12:00-13:60", 'has "13:60" as time', "00:00 to 24:00"],
    ["12:00-12:00", 'has "12:00-12:00"', "should end at another time"],
    ["MON 08:00-MUN 18:00", 'has "MUN" as day', "MON 08:00-FRI 18:00"],
    ["MON 08:00-MON 08:00", 'has "MON 08:00-MON 08:00"', "should end at another time"],
    ["2026-02-30", 'has "2026-02-30" as day', "2026-12-24"],
    ["2026-12-24..2026-12-01", 'has "2026-12-24..2026-12-01"', "2026-12-01..2026-12-24"],
    ["24.12.2026", 'has "24.12.2026" as day', "2026-12-24"],
    ["holiday", 'has "holiday", which is no calendar', "(holidays?)"],
    ["lunch", 'has "lunch", which is no calendar', "12:00-13:00"],
    ["broken", 'names the calendar broken, which in line 3 has "31.12.2026" as day', "2026-12-24"],
    [",", undefined, "calendar"],
    ["1".repeat(101), "has 101 characters", "12:00-13:00"],
  ])("of the text %s is refused, with the part that is wrong and a right one", (text, wrong, right) => {
    const read = readWindows(text, calendars);
    expect(read).toMatchObject({ kind: "wrong", right: expect.stringContaining(right) });
    expect(read.kind === "wrong" && read.wrong).toBe(wrong);
  });
});

describe("a calendar", () => {
  it("tells each faulty line", () => {
    const { windows, faults } = readCalendar(
      "\uFEFFSAT\nmonday-ish\n12-25 # Christmas\n25:00-26:00\n12:00-12:00",
    );
    expect(windows).toHaveLength(2);
    expect(faults).toMatchObject([
      { line: 2, wrong: 'has "monday-ish" as day' },
      { line: 4, wrong: 'has "25:00" as time' },
      { line: 5, wrong: 'is "12:00-12:00"' },
    ]);
  });
});

describe("the next time outside what is excluded", () => {
  function next(text: string, opened: Opening, from: string, zone = "UTC"): string | undefined {
    const found = nextOpen(timetable(text, zone), opened, Date.parse(from));
    return found && new Date(found.dueMs).toISOString().slice(0, 16);
  }

  it.each([
    ["0 * * * *", opening("12:00-13:00"), "2026-12-01T11:30Z", "2026-12-01T13:00"],
    ["* * * * *", opening("", "2031-12-24"), "2026-12-01T00:00Z", "2031-12-24T00:00"],
    ["* * * * *", opening("SAT", "SAT 08:00-SUN 18:00"), "2026-12-01T00:00Z", "2026-12-06T00:00"],
    ["0 6 * * *", opening("2026-12-24..2027-01-02"), "2026-12-24T00:00Z", "2027-01-03T06:00"],
    ["0 6 29 2 *", opening(""), "2026-12-01T00:00Z", "2028-02-29T06:00"],
    ["0 12 * * *", opening("12:00-13:00"), "2026-12-01T00:00Z", undefined],
    ["* * * * *", opening("", "empty"), "2026-12-01T00:00Z", undefined],
    ["at 2026-12-24 18:00", opening("12-24"), "2026-12-01T00:00Z", undefined],
  ])("is the first of %s", (text, opened, from, expected) => {
    expect(next(text, opened, from)).toBe(expected);
  });

  it("is one within a doubled hour that a window covers in part", () => {
    const late = opening("02:45-04:00");
    expect(next("* * * * *", late, "2026-10-25T00:45Z", "Europe/Berlin")).toBe("2026-10-25T01:00");
    expect(next("* * * * *", late, "2026-10-25T01:45Z", "Europe/Berlin")).toBe("2026-10-25T03:00");
  });

  it("leaves out a fixed time in a skipped hour that is excluded", () => {
    expect(next("30 2 * * *", opening("02:00-02:45"), "2026-03-29T00:00Z", "Europe/Berlin")).toBe(undefined);
    expect(next("30 2 * * *", opening("03:00-04:00"), "2026-03-29T00:00Z", "Europe/Berlin")).toBe(
      "2026-03-29T01:00",
    );
  });

  it("is that of a search minute by minute", () => {
    const windows = [
      "12:00-13:00",
      "22:30-05:15",
      "FRI 18:00-MON 08:00",
      "10-24..10-26 01:00-02:30",
      "SUN 02:15-02:40",
    ];
    const pairs = windows.flatMap((one) =>
      windows.filter((other) => other !== one).map((other) => [one, other] as const),
    );
    for (const [exclude, only] of sample(pairs)) {
      const opened = opening(exclude, only);
      const table = timetable("*/5 * * * *", "Europe/Berlin");
      for (let from = Date.UTC(2026, 9, 23); from < Date.UTC(2026, 9, 28); from += 29_000_000) {
        let at = Math.ceil(from / 300_000) * 300_000;
        while (closedAt(opened, table.zone.wallAt(at)) !== undefined && at < from + WEEK) at += 300_000;
        const found = nextOpen(table, opened, from);
        if (at < from + WEEK) expect(found?.dueMs, `${exclude} only ${only}`).toBe(at);
      }
    }
  });
});
