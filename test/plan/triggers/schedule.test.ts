import { describe, expect, it } from "vitest";
import { readSchedule } from "../../../src/plan/triggers/schedule.ts";
import { scheduleInWords } from "../../../src/plan/triggers/schedule-words.ts";
import { schedule, walls } from "./zone-clock.ts";

describe("a schedule in words", () => {
  it.each([
    ["0 6 * * *", "every day at 06:00"],
    ["@daily", "every day at 00:00"],
    ["@hourly", "every hour"],
    ["15 * * * *", "every hour at minute 15"],
    ["0,30 * * * *", "every 30 minutes"],
    ["* * * * *", "every minute"],
    ["*/20 * * * *", "every 20 minutes"],
    ["*/7 * * * *", "every hour at minute 0, 7, 14, 21, 28, 35, 42, 49 and 56"],
    ["*/20 8-17 * * MON-FRI", "every 20 minutes from 08:00 to 17:59, on Monday to Friday"],
    ["* 3 * * *", "every minute in the hour 3"],
    ["0 */2 * * *", "every 2 hours"],
    ["0 */5 * * *", "every day at 00:00, 05:00, 10:00, 15:00 and 20:00"],
    ["23 9,11-14,16,18 * * *", "every hour at minute 23 in the hours 9, 11, 12, 13, 14, 16 and 18"],
    ["0-10 */2 * * *", "every 2 hours at minute 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 10"],
    ["*/10 */2 * * *", "every 10 minutes of every second hour"],
    ["30 2 * * MON-FRI", "on Monday to Friday at 02:30"],
    ["30 7 * * mon,Wednesday", "every Monday and Wednesday at 07:30"],
    ["0 0 * * 7", "every Sunday at 00:00"],
    ["0 0 * * SAT-SUN", "every Sunday and Saturday at 00:00"],
    ["0 3 * * MON#1", "on the first Monday of a month at 03:00"],
    ["0 3 * * FRI#L", "on the last Friday of a month at 03:00"],
    ["0 3 * * 5L", "on the last Friday of a month at 03:00"],
    ["0 3 L * *", "on the last day of a month at 03:00"],
    ["0 3 31 * *", "on the 31st of a month at 03:00"],
    ["0 3 1,15,L * *", "on the 1st, 15th and last day of a month at 03:00"],
    ["0 6,18 24 12 *", "on the 24th of December at 06:00 and 18:00"],
    ["0 6 * JAN-MAR *", "every day in January to March at 06:00"],
    ["0 6 * 1,7 MON", "every Monday in January and July at 06:00"],
    ["0 6 13 * FRI", "on the 13th of a month and every Friday at 06:00"],
    ["every 20 min", "every 20 minutes"],
    ["every 60 minutes", "every hour"],
    ["every 2 h", "every 2 hours"],
    ["every 24 h", "every day at 00:00"],
    ["Every Hour", "every hour"],
    ["every 45 min", "every 45 minutes, counted from when the job was first seen"],
    ["every 5h", "every 5 hours, counted from when the job was first seen"],
    ["every day at 06:00", "every day at 06:00"],
    ["every day at 6:00", "every day at 06:00"],
    ["every MON,WED at 07:30", "every Monday and Wednesday at 07:30"],
    ["every Monday at 07:30", "every Monday at 07:30"],
    ["every month on 1 at 03:00", "on the 1st of a month at 03:00"],
    ["every month on 30 at 03:00", "on the 30th (or last day) of a month at 03:00"],
    ["every month on 31 at 03:00", "on the last day of a month at 03:00"],
    ["every month on last at 03:00", "on the last day of a month at 03:00"],
    ["at 2026-12-24 18:00", "once, on 2026-12-24 at 18:00"],
    ["every day at 06:00 | 0 18 * * MON", "every day at 06:00, and every Monday at 18:00"],
  ])("tells %s", (text, words) => {
    expect(scheduleInWords(schedule(text))).toBe(words);
  });
});

describe("the fault of a schedule", () => {
  it.each([
    ["61 * * * *", 'has "61" as minute', "0 to 59"],
    ["0 24 * * *", 'has "24" as hour', "0 to 23"],
    ["0 3 0 * *", 'has "0" as day of month', "1 to 31 or L"],
    ["0 3 * 13 *", 'has "13" as month', "JAN to DEC"],
    ["0 3 * * FRX", 'has "FRX" as weekday', "MON-FRI"],
    ["0 3 * * MON#6", 'has "MON#6" as weekday', "MON#1"],
    ["0 3 * * MON-FRI#1", 'has "MON-FRI#1" as weekday', "MON#1"],
    ["0,,5 3 * * *", "has an empty minute", "0 to 59"],
    ["5/10 * * * *", 'has "5/10" as minute', "*/5"],
    ["*/0 * * * *", 'has "*/0" as minute', "a step from 1 to 59"],
    ["*/90 * * * *", 'has "*/90" as minute', "every 90 min"],
    ["0 22-2 * * *", 'has "22-2" as hour', "22-23,0-2"],
    ["0 0 * * FRI-MON", 'has "FRI-MON" as weekday', "FRI-SAT,SUN-MON"],
    ["30 2 * *", "has 4 fields", "minute, hour, day of month"],
    ["0 30 2 * * *", "has 6 fields", "minute, hour, day of month"],
    ["0 3 30 2 *", "never comes", "0 3 L 2 *"],
    ["0 3 31 4,6,9,11 *", "never comes", "0 3 L 2 *"],
    ["@reboot", "is @reboot", "@daily"],
    ["@often", undefined, "@hourly"],
    ["every 0 min", "has 0 min", "every 20 min"],
    ["every 20 sec", undefined, "every 20 min"],
    ["every day", undefined, "every day at 06:00"],
    ["every day at 24:00", 'has "24:00" as time', "06:00"],
    ["every day at 6", 'has "6" as time', "06:00"],
    ["every MUN at 07:30", 'has "MUN" as day', "every MON,WED at 07:30"],
    ["every month on 32 at 03:00", 'has "32" as day of month', "1 to 31 or last"],
    ["at 2026-02-30 18:00", 'has "2026-02-30" as day', "at 2026-12-24 18:00"],
    ["at 2026-12-24 18:60", 'has "18:60" as time', "at 2026-12-24 18:00"],
    ["at 2026-12-24", 'has "" as time', "at 2026-12-24 18:00"],
    ["daily", 'has "daily"', "@daily"],
    ["every day at 06:00 |", "has an empty part", "every day at 06:00"],
    ["0 6 * * * | 0 25 * * *", 'has "25" as hour', "0 to 23"],
  ])("of %s names the part that is wrong and shows a right one", (text, wrong, right) => {
    const read = readSchedule(text);
    expect(read).toMatchObject({ kind: "wrong", right: expect.stringContaining(right) });
    expect(read.kind === "wrong" && read.wrong).toBe(wrong);
  });
});

describe("the days of a schedule", () => {
  it.each([
    ["0 3 31 * *", ["2026-01-31", "2026-03-31", "2026-05-31"]],
    ["0 3 L * *", ["2026-01-31", "2026-02-28", "2026-03-31"]],
    ["every month on 31 at 03:00", ["2026-01-31", "2026-02-28", "2026-03-31"]],
    ["every month on 30 at 03:00", ["2026-01-30", "2026-02-28", "2026-03-30"]],
    ["every month on 1 at 03:00", ["2026-01-01", "2026-02-01", "2026-03-01"]],
    ["0 3 * * FRI#L", ["2026-01-30", "2026-02-27", "2026-03-27"]],
    ["0 3 * * MON#1", ["2026-01-05", "2026-02-02", "2026-03-02"]],
    ["0 3 * * MON#5", ["2026-03-30", "2026-06-29", "2026-08-31"]],
    ["0 3 13 * FRI", ["2026-01-02", "2026-01-09", "2026-01-13"]],
    ["0 3 */2 * FRI", ["2026-01-09", "2026-01-23", "2026-02-13"]],
    ["0 3 29 2 *", ["2028-02-29", "2032-02-29", "2036-02-29"]],
    ["0 3 * FEB MON#5", ["2044-02-29", "2072-02-29", "2112-02-29"]],
    ["0 3 * * SAT-SUN", ["2026-01-03", "2026-01-04", "2026-01-10"]],
  ])("%s", (text, days) => {
    expect(walls(text, "2026-01-01T00:00:00Z", 3)).toEqual(days.map((day) => `${day}T03:00`));
  });

  it("end where the last of them is past", () => {
    expect(walls("at 2026-12-24 18:00", "2026-01-01T00:00:00Z", 3)).toEqual(["2026-12-24T18:00"]);
    expect(walls("at 2026-12-24 18:00", "2026-12-24T18:00:01Z", 3)).toEqual([]);
  });
});
