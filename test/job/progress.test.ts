import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readProgress } from "../../src/job/progress.ts";
import { costOfTenfold } from "../support/cost.ts";

describe("readProgress", () => {
  it.each<[string, string, object]>([
    [
      "counts in the middle of a line",
      "Processing col 8154   5 / 32",
      { fraction: 5 / 32, done: 5, total: 32 },
    ],
    ["counts without spaces", "epoch 3/4 loss 0.1", { fraction: 0.75, done: 3, total: 4 }],
    ["counts at the beginning of a line", "x\n7 / 8\n", { fraction: 7 / 8, done: 7, total: 8 }],
    ["counts in brackets", "[3/12] Building", { fraction: 0.25, done: 3, total: 12 }],
    ["the last count of several", " 1 / 10\n 2 / 10\nstill there\n", { fraction: 0.2, done: 2, total: 10 }],
    ["the last count of a line", "file 1 / 2, part 3 / 4", { fraction: 0.75, done: 3, total: 4 }],
    ["percents", "done: 45%", { fraction: 0.45 }],
    ["percents with decimals and a space", "at 12.5 %", { fraction: 0.125 }],
    ["percents after dots", "50K ..........35%", { fraction: 0.35 }],
    ["a bar drawn over itself", " 10%|#   |\r 20%|##  |\r 30%|### |", { fraction: 0.3 }],
    [
      "counts after percents",
      " 45%|####    | 45/100 [00:10<00:12]",
      { fraction: 0.45, done: 45, total: 100 },
    ],
    ["percents after counts", "file 1 / 3: 80%", { fraction: 0.8 }],
    ["nothing done yet", "0 / 10", { fraction: 0, done: 0, total: 10 }],
    ["all done", "10 / 10", { fraction: 1, done: 10, total: 10 }],
  ])("reads %s", (_, log, progress) => {
    expect(readProgress(log)).toEqual(progress);
  });

  it.each([
    "",
    "nothing",
    "2024/01/02",
    "01/02/2024",
    "a/b",
    "usr/1/2",
    "v1/2",
    "5 / 0",
    "0 / 0",
    "11 / 10",
    "120%",
    "1 /\n2",
    "10.0.0.0/24",
    "-5%",
    "x5%",
    "1/2/3",
    "1 / 2.5",
    "time: 5",
    "1234%",
    "0,5/3x5%",
  ])("sees no progress in %j", (log) => {
    expect(readProgress(log)).toBeUndefined();
  });

  it("goes back past what cannot be progress", () => {
    expect(readProgress(" 3 / 10\nratio 11 / 10, 200%\n")).toEqual({ fraction: 0.3, done: 3, total: 10 });
  });

  it.each([
    ["time: 35\n 1 / 2", 35],
    [" 1 / 2 time: 12.5 s", 12.5],
    ["time: 1\n 1 / 2\ntime:2\n", 2],
    ["Elapsed time:   7, 50%", 7],
  ])("takes the elapsed seconds from %j", (log, elapsedSeconds) => {
    expect(readProgress(log)).toMatchObject({ elapsedSeconds });
  });

  it.each(["50% time: 12:30", "50% time: 2024-01-01", "50% time: soon"])("takes no time from %j", (log) => {
    expect(readProgress(log)).toEqual({ fraction: 0.5 });
  });

  it("looks at the last 64 KB only, and does not take the rest of a cut number for a number", () => {
    expect(readProgress(` 1 / 2\n${"x".repeat(70_000)}`)).toBeUndefined();
    const filler = "y".repeat(64 * 1024 - "1 / 20\n".length);
    expect(readProgress(`x\n11 / 20\n${filler}`)).toBeUndefined();
    expect(readProgress(`${"z".repeat(9)} 11 / 20\n${"y".repeat(60_000)}`)).toMatchObject({ done: 11 });
  });

  it("looks at the last 4 KB of a line only", () => {
    expect(readProgress(`9 / 10 ${"x".repeat(5_000)} 1 / 2`)).toMatchObject({ done: 1 });
    expect(readProgress(`9 / 10 ${"x".repeat(5_000)}`)).toBeUndefined();
    expect(readProgress(`11 / 20${"x".repeat(4_096 - "1 / 20".length)}`)).toBeUndefined();
  });

  it("gives a fraction from 0 to 1 for any log", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(" ", "/", "%", "\n", "\r", "time:", ".", "1 / 2", "9%", "é", "\0"),
      fc.nat().map(String),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const progress = readProgress(pieces.join(""));
        if (progress === undefined) return;
        expect(progress.fraction).toBeGreaterThanOrEqual(0);
        expect(progress.fraction).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    "1",
    "1 ",
    " 1 /",
    "1%",
    " 1/1",
    "\n",
    "\r",
    " ",
    "time: 1",
    "time:",
    "/",
    "1\t",
    "[1/",
    "9 / 1 ",
    "\0",
  ])("reads a log of nothing but %j in a time that grows with its length", (text) => {
    expect(costOfTenfold(6_000, (n) => readProgress(text.repeat(n / text.length)))).toBeLessThan(30);
  });
});
