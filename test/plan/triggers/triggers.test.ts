import { describe, expect, it } from "vitest";
import { clockChangesInWords } from "../../../src/plan/triggers/clock-changes.ts";
import { manualRunName } from "../../../src/plan/triggers/occurrence-name.ts";
import { triggers } from "../../../src/plan/triggers/triggers.ts";
import { upcoming } from "../../../src/plan/triggers/upcoming.ts";
import { processorMsOf } from "../../support/cost.ts";
import { Course } from "./course.ts";
import { opening } from "./openings.ts";
import { timetable, zone } from "./zone-clock.ts";

const nothing = { made: [], recorded: [] };
const ended = { notEnded: 0 };

describe("a recurring job that is looked at in time", () => {
  it("makes each occurrence once, and nothing for times before it was there", () => {
    const course = new Course("0 * * * *", "2026-12-01T10:00:00Z");
    expect(course.at("2026-12-01T10:00:00Z")).toEqual({ ...nothing, again: "12-01T11:00" });
    expect(course.at("2026-12-01T11:00:00Z")).toMatchObject({
      made: ["n-2026-12-01T1100"],
      again: "12-01T12:00",
    });
    expect(course.at("2026-12-01T11:00:01Z", ended)).toMatchObject(nothing);
    expect(course.at("2026-12-01T12:01:00Z")).toMatchObject({ made: ["n-2026-12-01T1200"], recorded: [] });
  });

  it("repeats nothing after its clock was set back", () => {
    const course = new Course("0 * * * *", "2026-12-01T10:00:00Z");
    course.at("2026-12-01T11:00:00Z");
    expect(course.at("2026-12-01T10:30:00Z", ended)).toMatchObject({ ...nothing, again: "12-01T12:00" });
    expect(course.at("2026-12-01T11:00:00Z")).toMatchObject(nothing);
  });

  it("names both of a doubled hour with their offsets, and one of a skipped hour as it was asked for", () => {
    const hourly = new Course("0 * * * *", "2026-10-24T23:30:00Z", {
      timetable: timetable("0 * * * *", "Europe/Berlin"),
    });
    hourly.rules({ onOverlap: "also" });
    expect(hourly.at("2026-10-25T00:00:00Z").made).toEqual(["n-2026-10-25T0200+0200"]);
    expect(hourly.at("2026-10-25T01:00:00Z").made).toEqual(["n-2026-10-25T0200+0100"]);
    expect(hourly.at("2026-10-25T02:00:00Z").made).toEqual(["n-2026-10-25T0300"]);
    const daily = new Course("0,30 2 * * *", "2026-03-28T12:00:00Z", {
      timetable: timetable("0,30 2 * * *", "Europe/Berlin"),
    });
    daily.rules({ onOverlap: "also" });
    expect(daily.at("2026-03-29T01:00:00Z").made).toEqual(["n-2026-03-29T0200", "n-2026-03-29T0230"]);
  });
});

describe("an occurrence that is late", () => {
  const hourly = (since = "2026-12-01T10:30:00Z") => new Course("0 * * * *", since);

  it("is so after more than a minute; the last one runs, the others are missed", () => {
    const course = hourly();
    expect(course.at("2026-12-01T14:01:00.001Z")).toMatchObject({
      made: ["n-2026-12-01T1400"],
      recorded: ["missed 12-01T11:00 12-01T13:00 3: late, and a later one came"],
    });
  });

  it("gives way to one that is on time", () => {
    expect(hourly().at("2026-12-01T14:00:30Z")).toMatchObject({
      made: ["n-2026-12-01T1400"],
      recorded: ["missed 12-01T11:00 12-01T13:00 3: late, and a later one came"],
    });
  });

  it("is missed without on_missed", () => {
    const course = hourly().rules({ onMissed: "none" });
    expect(course.at("2026-12-01T14:30:00Z")).toMatchObject({
      made: [],
      recorded: ["missed 12-01T11:00 12-01T14:00 4: late, and on_missed is none"],
      again: "12-01T15:00",
    });
  });

  it("is missed beyond missed_window", () => {
    const course = hourly().rules({ missedWindowSeconds: 5400 });
    expect(course.at("2026-12-01T14:30:00Z")).toMatchObject({
      made: ["n-2026-12-01T1400"],
      recorded: [
        "missed 12-01T11:00 12-01T12:00 2: more than 1 h 30 min late",
        "missed 12-01T13:00 12-01T13:00 1: late, and a later one came",
      ],
    });
  });

  it("runs, all of them one after the other, whatever on_overlap says", () => {
    const course = hourly().rules({ onMissed: "all", onOverlap: "also" });
    expect(course.at("2026-12-01T13:00:30Z")).toMatchObject({ made: ["n-2026-12-01T1100"], recorded: [] });
    expect(course.at("2026-12-01T13:00:40Z")).toMatchObject(nothing);
    expect(course.at("2026-12-01T13:10:00Z", ended).made).toEqual(["n-2026-12-01T1200"]);
    expect(course.at("2026-12-03T13:10:00Z", ended).made).toEqual(["n-2026-12-01T1300"]);
  });

  it("leaves one line for each reason after a year", () => {
    const course = new Course("*/5 * * * *", "2026-01-01T00:00:30Z", { opening: opening("12:00-13:00") });
    const after = course.at("2027-01-01T00:30:30Z");
    expect(after.made).toEqual(["n-2027-01-01T0030"]);
    expect(after.recorded).toEqual([
      "missed 01-01T00:05 12-31T00:30 100470: more than 1 d late",
      "excluded 01-01T12:00 12-31T12:55 4380: 12:00-13:00 is excluded",
      "missed 12-31T00:35 01-01T00:25 275: late, and a later one came",
    ]);
  });
});

describe("an occurrence that falls due while the last one has not ended", () => {
  const often = () => new Course("*/10 * * * *", "2026-12-01T10:00:00Z");

  it("is skipped: one line when the stretch ends", () => {
    const course = often();
    course.at("2026-12-01T10:10:00Z");
    expect(course.at("2026-12-01T10:20:00Z")).toMatchObject(nothing);
    expect(course.at("2026-12-01T10:30:00Z")).toMatchObject(nothing);
    expect(course.at("2026-12-01T10:35:00Z", ended)).toMatchObject({
      made: [],
      recorded: ["skipped 12-01T10:20 12-01T10:30 2: still running"],
    });
    expect(course.at("2026-12-01T10:40:00Z").made).toEqual(["n-2026-12-01T1040"]);
  });

  it("waits, one ahead, and further ones are skipped", () => {
    const course = often().rules({ onOverlap: "wait" });
    course.at("2026-12-01T10:10:00Z");
    expect(course.at("2026-12-01T10:20:00Z")).toMatchObject(nothing);
    expect(course.at("2026-12-01T10:30:00Z")).toMatchObject(nothing);
    expect(course.at("2026-12-01T10:35:00Z", ended)).toMatchObject({
      made: ["n-2026-12-01T1020"],
      recorded: ["skipped 12-01T10:30 12-01T10:30 1: another one waits already"],
    });
    expect(course.at("2026-12-01T10:36:00Z", ended)).toMatchObject(nothing);
  });

  it("runs beside it", () => {
    const course = often().rules({ onOverlap: "also" });
    course.at("2026-12-01T10:10:00Z");
    expect(course.at("2026-12-01T10:20:00Z").made).toEqual(["n-2026-12-01T1020"]);
  });
});

describe("a time that is excluded", () => {
  it("does not run, and is recorded when the next one runs", () => {
    const course = new Course("0 * * * *", "2026-12-01T10:30:00Z", { opening: opening("12:00-14:00") });
    expect(course.at("2026-12-01T11:00:00Z")).toMatchObject({
      made: ["n-2026-12-01T1100"],
      again: "12-01T14:00",
    });
    expect(course.at("2026-12-01T12:00:01Z", ended)).toMatchObject(nothing);
    expect(course.at("2026-12-01T13:00:01Z")).toMatchObject(nothing);
    expect(course.at("2026-12-01T14:00:00Z")).toMatchObject({
      made: ["n-2026-12-01T1400"],
      recorded: ["excluded 12-01T12:00 12-01T13:00 2: 12:00-14:00 is excluded"],
    });
  });

  it("needs no look before the next that is not", () => {
    const course = new Course("0 * * * *", "2026-12-01T10:30:00Z", { opening: opening("12:00-14:00") });
    course.at("2026-12-01T11:00:00Z");
    expect(course.at("2026-12-01T14:00:00Z", ended)).toMatchObject({
      made: ["n-2026-12-01T1400"],
      recorded: ["excluded 12-01T12:00 12-01T13:00 2: 12:00-14:00 is excluded"],
    });
  });
});

describe("a job that is off", () => {
  const disabled = { off: { state: "disabled", why: "Ann: holiday" } } as const;

  it("makes nothing and is not looked at; one line when it is on again", () => {
    const course = new Course("0 * * * *", "2026-12-01T10:30:00Z");
    expect(course.at("2026-12-01T10:40:00Z", disabled)).toEqual({ ...nothing, again: undefined });
    expect(course.at("2026-12-05T10:40:00Z", { off: undefined })).toMatchObject({
      made: [],
      recorded: ["disabled 12-01T11:00 12-05T10:00 96: Ann: holiday"],
      again: "12-05T11:00",
    });
    expect(course.at("2026-12-05T11:00:00Z").made).toEqual(["n-2026-12-05T1100"]);
  });

  it("gives up what was to run after another", () => {
    const course = new Course("*/10 * * * *", "2026-12-01T10:00:00Z").rules({ onOverlap: "wait" });
    course.at("2026-12-01T10:10:00Z");
    course.at("2026-12-01T10:20:00Z");
    course.at("2026-12-01T10:25:00Z", { ...disabled, ...ended });
    expect(course.at("2026-12-01T10:35:00Z", { off: undefined }).recorded).toEqual([
      "disabled 12-01T10:20 12-01T10:30 2: Ann: holiday",
    ]);
  });

  it("runs by hand if it is disabled, not if it is faulty", () => {
    const course = new Course("0 * * * *", "2026-12-01T10:30:00Z");
    const asked = { wantsManualRun: true };
    expect(course.at("2026-12-01T10:40:15Z", { ...disabled, ...asked }).made).toEqual([
      "n-run-2026-12-01T104015",
    ]);
    expect(
      course.at("2026-12-01T10:41:00Z", { ...ended, ...asked, off: { state: "faulty", why: "" } }).made,
    ).toEqual([]);
  });

  it("leaves faulty occurrences where its schedule is known, and none otherwise", () => {
    const faulty = { off: { state: "faulty", why: "script: is missing" } } as const;
    const course = new Course("0 * * * *", "2026-12-01T10:30:00Z");
    course.at("2026-12-01T11:30:00Z", faulty);
    expect(course.at("2026-12-01T12:30:00Z", { off: undefined }).recorded).toEqual([
      "faulty 12-01T11:00 12-01T12:00 2: script: is missing",
    ]);
    const unknown = new Course("0 * * * *", "2026-12-01T10:30:00Z", { timetable: undefined });
    expect(unknown.at("2026-12-01T11:30:00Z", faulty)).toEqual({ ...nothing, again: undefined });
  });
});

describe("a run by hand", () => {
  it("waits for the one that has not ended, and leaves the schedule alone", () => {
    const course = new Course("0 * * * *", "2026-12-01T10:30:00Z");
    course.at("2026-12-01T11:00:00Z");
    expect(course.at("2026-12-01T11:10:00Z", { wantsManualRun: true })).toMatchObject(nothing);
    expect(course.at("2026-12-01T11:20:00Z", ended).made).toEqual(["n-run-2026-12-01T112000"]);
    expect(course.at("2026-12-01T12:00:00Z", { ...ended, wantsManualRun: false }).made).toEqual([
      "n-2026-12-01T1200",
    ]);
  });

  it("starts at once beside another with also", () => {
    const course = new Course("0 * * * *", "2026-12-01T10:30:00Z").rules({ onOverlap: "also" });
    course.at("2026-12-01T11:00:00Z");
    expect(course.at("2026-12-01T11:10:00Z", { wantsManualRun: true }).made).toHaveLength(1);
  });

  it("is named after the second in the schedule's zone", () => {
    expect(manualRunName("n", Date.parse("2026-11-30T11:00:15.9Z"), zone("Europe/Berlin"))).toBe(
      "n-run-2026-11-30T120015",
    );
  });
});

describe("an edit", () => {
  it("delays what falls due while it is being copied, which then is not missed", () => {
    const course = new Course("0 * * * *", "2026-12-01T10:30:00Z").rules({ onMissed: "none" });
    expect(course.at("2026-12-01T10:59:00Z", { isArriving: true })).toEqual({ ...nothing, again: undefined });
    expect(course.at("2026-12-01T11:01:00Z")).toMatchObject(nothing);
    expect(course.at("2026-12-01T11:05:00Z", { isArriving: false }).made).toEqual(["n-2026-12-01T1100"]);
    expect(course.at("2026-12-01T12:05:00Z", ended).recorded).toHaveLength(1);
  });

  it("to another schedule counts from the time at which it began", () => {
    const course = new Course("0 6 * * *", "2026-12-01T05:00:00Z");
    course.at("2026-12-01T06:00:00Z");
    course.at("2026-12-01T09:30:00Z", { ...ended, isArriving: true });
    const edited = { isArriving: false, timetable: timetable("0 9,10 * * *"), scheduleText: "0 9,10 * * *" };
    expect(course.at("2026-12-01T10:00:10Z", edited)).toMatchObject({
      made: ["n-2026-12-01T1000"],
      recorded: [],
    });
  });
});

describe("the next occurrences", () => {
  it("are those that will run, with the excluded ones between them", () => {
    const told = upcoming(
      "n",
      timetable("0 * * * *"),
      opening("12:00-14:00"),
      Date.parse("2026-12-01T10:30:00Z"),
      3,
    );
    expect(told).toMatchObject([
      { kind: "run", name: "n-2026-12-01T1100" },
      { kind: "excluded", why: "12:00-14:00 is excluded", count: 2 },
      { kind: "run", name: "n-2026-12-01T1400" },
      { kind: "run", name: "n-2026-12-01T1500" },
    ]);
  });

  it("end where none comes any more", () => {
    const now = Date.parse("2026-12-01T10:30:00Z");
    expect(upcoming("n", timetable("at 2026-12-24 18:00"), opening(""), now, 5)).toHaveLength(1);
    expect(upcoming("n", timetable("0 12 * * *"), opening("12:00-13:00"), now, 5)).toEqual([
      { kind: "never", why: "12:00-13:00 is excluded" },
    ]);
  });
});

describe("the year's changes of the clock", () => {
  it.each([
    [
      "30 2 * * *",
      "Europe/Berlin",
      [
        "2026-03-29: the clock goes from 02:00 to 03:00; 02:30 runs at 03:00",
        "2026-10-25: the clock goes back from 03:00 to 02:00; 02:30 runs once, the first time",
      ],
    ],
    [
      "*/20 * * * *",
      "Europe/Berlin",
      [
        "2026-03-29: the clock goes from 02:00 to 03:00; no run is moved",
        "2026-10-25: the clock goes back from 03:00 to 02:00; 02:00, 02:20 and 02:40 run twice",
      ],
    ],
    [
      "* * * * *",
      "Australia/Lord_Howe",
      [
        "2026-04-05: the clock goes back from 02:00 to 01:30; 30 times from 01:30 to 01:59 run twice",
        "2026-10-04: the clock goes from 02:00 to 02:30; no run is moved",
      ],
    ],
    [
      "0 6 * * *",
      "America/Santiago",
      [
        "2026-04-05: the clock goes back from 00:00 to 23:00; no run is doubled",
        "2026-09-06: the clock goes from 00:00 to 01:00; no run is moved",
      ],
    ],
    ["0 6 * * *", "UTC", []],
  ])("tell the effect on %s in %s", (text, zoneName, expected) => {
    expect(clockChangesInWords(timetable(text, zoneName), 2026)).toEqual(expected);
  });
});

describe("a thousand recurring jobs", () => {
  it("are decided in a few milliseconds", () => {
    const jobs = Array.from(
      { length: 1000 },
      (_, index) => new Course(`${index % 60} 6 * * *`, "2026-12-01T10:30:00Z").job,
    );
    const now = Date.parse("2026-12-01T10:45:00Z");
    triggers(jobs, now);
    expect(processorMsOf(() => triggers(jobs, now))).toBeLessThan(100);
  });
});
