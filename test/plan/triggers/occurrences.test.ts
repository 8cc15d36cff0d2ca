import { describe, expect, it } from "vitest";
import { nextOccurrence, occurrences } from "../../../src/plan/triggers/occurrences.ts";
import { readZone } from "../../../src/plan/triggers/read-zone.ts";
import { zoneNamed } from "../../../src/plan/triggers/zone.ts";
import { SEED, WANTS_LONG } from "../../support/chance.ts";
import { processorMsOf } from "../../support/cost.ts";
import { Random } from "../../support/random.ts";
import { changesOf, clockOf, offsetsOf, simulate } from "./cron-simulation.ts";
import { dues, schedule, timetable, zone } from "./zone-clock.ts";

const DAY = 86_400_000;
const FIRST_YEAR = 2020;
const LAST_YEAR = 2035;

describe("a change of the clock", () => {
  it.each([
    [
      "skips an hour in Berlin",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-03-29T00:00Z",
      ["03-29T01:00 for 02:30"],
    ],
    ["doubles one in Berlin", "30 2 * * *", "Europe/Berlin", "2026-10-25T00:00Z", ["10-25T00:30"]],
    [
      "skips an hour in New York",
      "30 2 * * *",
      "America/New_York",
      "2026-03-08T05:00Z",
      ["03-08T07:00 for 02:30"],
    ],
    ["doubles one in New York", "30 1 * * *", "America/New_York", "2026-11-01T04:00Z", ["11-01T05:30"]],
    [
      "skips midnight in Santiago",
      "0,30 0 * * *",
      "America/Santiago",
      "2026-09-06T00:00Z",
      ["09-06T04:00 for 00:00", "09-06T04:00 for 00:30"],
    ],
    [
      "doubles the hour before midnight in Santiago",
      "30 23 * * *",
      "America/Santiago",
      "2026-04-05T00:00Z",
      ["04-05T02:30"],
    ],
    [
      "skips half an hour on Lord Howe",
      "15 2 * * *",
      "Australia/Lord_Howe",
      "2026-10-03T14:00Z",
      ["10-03T15:30 for 02:15"],
    ],
    [
      "doubles half an hour on Lord Howe",
      "45 1 * * *",
      "Australia/Lord_Howe",
      "2026-04-04T13:30Z",
      ["04-04T14:45"],
    ],
  ])("that %s: a fixed time runs once", (_name, text, zoneName, from, expected) => {
    const to = new Date(Date.parse(from) + 20 * 3_600_000).toISOString();
    expect(dues(timetable(text, zoneName), from, to)).toEqual(expected);
  });

  it.each([
    ["0 * * * *", "Europe/Berlin", "2026-03-29T00:00Z", ["03-29T00:00", "03-29T01:00", "03-29T02:00"]],
    ["0 * * * *", "Europe/Berlin", "2026-10-25T00:00Z", ["10-25T00:00", "10-25T01:00", "10-25T02:00"]],
    ["0 * * * *", "Australia/Lord_Howe", "2026-10-03T14:30Z", ["10-03T14:30", "10-03T16:00", "10-03T17:00"]],
    ["0 */2 * * *", "Europe/Berlin", "2026-10-24T22:00Z", ["10-24T22:00", "10-25T00:00", "10-25T01:00"]],
    [
      "every 20 min",
      "Europe/Berlin",
      "2026-03-29T00:30Z",
      ["03-29T00:40", "03-29T01:00", "03-29T01:20", "03-29T01:40"],
    ],
    [
      "every 20 min",
      "Australia/Lord_Howe",
      "2026-04-04T14:30Z",
      ["04-04T14:40", "04-04T15:10", "04-04T15:30"],
    ],
    ["every 45 min", "Europe/Berlin", "2026-03-29T00:30Z", ["03-29T00:45", "03-29T01:30", "03-29T02:15"]],
  ])("%s runs by real time in %s", (text, zoneName, from, expected) => {
    const to = new Date(Date.parse(`2026-${expected.at(-1)}Z`) + 60_000).toISOString();
    expect(dues(timetable(text, zoneName), from, to)).toEqual(expected);
  });

  it("does not make two of a single time, and runs one that is skipped", () => {
    const from = "2026-01-01T00:00Z";
    expect(dues(timetable("at 2026-10-25 02:30", "Europe/Berlin"), from, "2027-01-01T00:00Z")).toEqual([
      "10-25T00:30",
    ]);
    expect(dues(timetable("at 2026-03-29 02:30", "Europe/Berlin"), from, "2027-01-01T00:00Z")).toEqual([
      "03-29T01:00 for 02:30",
    ]);
  });
});

describe("several schedules", () => {
  it("are in order, and give once what two of them have", () => {
    const table = timetable("0 6 * * * | every 6 h | at 2026-01-01 09:00");
    expect(dues(table, "2026-01-01T00:00Z", "2026-01-01T13:00Z")).toEqual([
      "01-01T00:00",
      "01-01T06:00",
      "01-01T09:00",
      "01-01T12:00",
    ]);
  });
});

describe("every 45 minutes", () => {
  it("counts from the minute in which the job was first seen", () => {
    const table = timetable("every 45 min", "UTC", "2026-01-01T10:07:31Z");
    expect(dues(table, "2026-01-01T00:00Z", "2026-01-01T12:00Z")).toEqual(["01-01T10:52", "01-01T11:37"]);
  });
});

describe("a zone", () => {
  it("is known by its name in any case, and unknown by another", () => {
    expect(zoneNamed("europe/berlin")?.name).toBe("Europe/Berlin");
    expect(zoneNamed("Europe/Atlantis")).toBeUndefined();
    expect(readZone("UTC")).toMatchObject({ kind: "ok", value: { name: "UTC" } });
    const right = "should be the name of a time zone such as Europe/Berlin or UTC";
    expect(readZone("Europe/Berln")).toEqual({ kind: "wrong", right });
  });
});

describe("the next times of a thousand schedules", () => {
  it("take a few milliseconds", () => {
    const tables = Array.from({ length: 1000 }, (_, index) =>
      timetable(
        `${index % 60} ${index % 24} * * ${index % 7}`,
        index % 2 ? "Europe/Berlin" : "America/New_York",
      ),
    );
    const now = Date.parse("2026-12-01T12:00Z");
    const ask = () => tables.map((table) => nextOccurrence(table, now));
    ask();
    expect(processorMsOf(ask)).toBeLessThan(50);
  });
});

describe("the times of any schedule in any zone", () => {
  const random = new Random(SEED);
  const zones = Intl.supportedValuesOf("timeZone");

  it.each(["Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", ...chosen(zones)])(
    "are those of cron's rule, minute by minute around each change in %s",
    (name) => {
      for (const year of WANTS_LONG ? years() : [random.between(FIRST_YEAR, LAST_YEAR)]) {
        for (const change of changesOf(name, Date.UTC(year, 0), Date.UTC(year + 1, 0)))
          expectRule(name, change);
      }
    },
  );

  it("are one on each day of the clock for a daily schedule", () => {
    for (const name of chosen(zones)) {
      const offset = offsetsOf(name);
      const [from, to] = WANTS_LONG ? [FIRST_YEAR, LAST_YEAR + 1] : [2026, 2027];
      const days = [...occurrences(timetable("30 12 * * *", name), Date.UTC(from, 0), Date.UTC(to, 0))];
      for (const [index, { dueMs, wall }] of days.entries()) {
        expect(dueMs + offset(dueMs), name).toBe(wall);
        expect(wall - (days[index - 1]?.wall ?? wall - DAY), name).toBe(DAY);
      }
    }
  });

  function chosen(all: readonly string[]): readonly string[] {
    return WANTS_LONG
      ? all
      : Array.from({ length: 12 }, () => all[random.between(0, all.length - 1)] ?? "UTC");
  }

  function years(): readonly number[] {
    return Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, index) => FIRST_YEAR + index);
  }

  function expectRule(name: string, change: number): void {
    const [from, to] = [change - DAY, change + DAY];
    const clock = clockOf(name, from, to);
    for (const line of ["30 2 * * *", "0 * * * *", "*/20 * * * *", anyLine(), anyLine(), anyLine()]) {
      const table = { schedule: schedule(line), zone: zone(name), firstSeenMs: 0 };
      // Asked from a moment in between, what comes is the same.
      const middle = random.between(from / 60_000, to / 60_000) * 60_000;
      const found = [...occurrences(table, from, middle), ...occurrences(table, middle, to)];
      const where = `${line} in ${name} around ${new Date(change).toISOString()}, seed ${SEED}`;
      expect(found, where).toEqual(simulate(line, from, clock));
    }
  }

  function anyLine(): string {
    const minutes = ["*", "*/20", "*/7", "0", "30", "15,45", "10-50/20", String(random.between(0, 59))];
    const hours = ["*", "*/2", "0", "2", "0-3", "1,2,3", "20-23", String(random.between(0, 23))];
    const monthDays = ["*", "*", "*", "*/2", "L", "1", "24-31"];
    const weekdays = ["*", "*", "*", "SUN", "SUN#L", "SUN#1", "MON-FRI", "*/2"];
    const fields = [minutes, hours, monthDays, ["*", "*", "3-11"], weekdays];
    return fields.map((field) => field[random.between(0, field.length - 1)]).join(" ");
  }
});
