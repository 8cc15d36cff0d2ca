import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../src/text/duration.ts";

describe("parseDuration", () => {
  it.each([
    ["90", 5_400],
    ["0", 0],
    ["45s", 45],
    ["2h30m", 9_000],
    ["2H 30M", 9_000],
    ["3 h 12 min", 11_520],
    ["1d", 86_400],
    ["1d2h", 93_600],
    ["1d30s", 86_430],
    ["100m", 6_000],
    ["1:30:00", 5_400],
    ["36:00:00", 129_600],
    ["0:00:05", 5],
    ["2-12:00:00", 216_000],
    [" 90 ", 5_400],
  ])("reads %j", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    "",
    " ",
    "none",
    "-5",
    "+5",
    "1.5h",
    "1,5",
    "2h30",
    "30m2h",
    "2h2h",
    "h",
    "m",
    "1w",
    "two hours",
    "٣",
    "1:30",
    "1:60:00",
    "1:00:60",
    "2-24:00:00",
    "2-12",
    "-1:00:00",
    "1:2:3:4",
    "90\n90",
    "9999999999",
    "1e3",
  ])("does not read %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it("does not read long texts, and is quick about it", () => {
    expect(parseDuration("1".repeat(100_000))).toBeUndefined();
    expect(parseDuration(`1${" ".repeat(100_000)}x`)).toBeUndefined();
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0 s"],
    [-3, "0 s"],
    [0.04, "0 s"],
    [0.41, "0.4 s"],
    [0.94, "0.9 s"],
    [0.95, "1 s"],
    [1.4, "1 s"],
    [45, "45 s"],
    [59.7, "1 min"],
    [720, "12 min"],
    [750, "12 min 30 s"],
    [3_600, "1 h"],
    [3_605, "1 h"],
    [11_520, "3 h 12 min"],
    [86_400, "1 d"],
    [187_200, "2 d 4 h"],
    [86_460, "1 d"],
    [86_400 * 400, "400 d"],
  ])("writes %d as %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("writes what parseDuration reads back, exact to the smaller of its two units", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), (seconds) => {
        const back = parseDuration(formatDuration(seconds)) ?? Number.NaN;
        const unit = seconds < 3_600 ? 1 : seconds < 86_400 ? 60 : 3_600;
        expect(seconds - back).toBeGreaterThanOrEqual(0);
        expect(seconds - back).toBeLessThan(unit);
      }),
    );
  });
});
