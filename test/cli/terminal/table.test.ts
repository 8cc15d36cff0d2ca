import { describe, expect, it } from "vitest";
import { type Column, tableLines } from "../../../src/cli/terminal/table.ts";
import { widthOf, wrapToWidth } from "../../../src/cli/terminal/text-width.ts";

interface Row {
  readonly name: string;
  readonly owner: string;
  readonly why: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: "JOB", of: ({ name }) => name, shrinkTo: 12 },
  { title: "OWNER", of: ({ owner }) => owner, shrinkTo: 8, isSpare: true },
  { title: "WHY", of: ({ why }) => why, shrinkTo: 12, wraps: true },
];

const WHY = "first in line: needs 3 processors, none is free; expected in about 27 s";

function table(columns: number, ...rows: readonly Partial<Row>[]): string[] {
  const whole = rows.map((row) => ({ name: "job", owner: "ada@lab.org", why: WHY, ...row }));
  const sink = { isTTY: true, columns, write: () => true, drained: () => Promise.resolve() };
  return tableLines(whole, COLUMNS, sink);
}

describe("a table on a narrow terminal", () => {
  it("goes on with the last column below it rather than cutting it", () => {
    expect(table(50, { owner: "ada" }, { owner: "bob", why: "held" })).toEqual([
      "  JOB  OWNER  WHY",
      "  job  ada    first in line: needs 3 processors,",
      "              none is free; expected in about 27 s",
      "  job  bob    held",
    ]);
  });

  it("leaves a spare column out where all rows say the same, and only where there is no room", () => {
    expect(table(80, {}, {})[0]).toBe("  JOB  WHY");
    expect(table(80, {}, { owner: "bob" })[0]).toMatch(/^ {2}JOB {2}OWNER {8}WHY/);
    expect(table(100, {}, {})[0]).toMatch(/^ {2}JOB {2}OWNER {8}WHY/);
  });

  it("is never wider than the terminal, however narrow that is", () => {
    for (let columns = 3; columns < 90; columns += 1)
      for (const line of table(columns, {}, { name: "x".repeat(60), owner: "日本語の長い名前" }))
        expect(widthOf(line)).toBeLessThanOrEqual(columns);
  });
});

describe("a text in lines", () => {
  it.each([
    ["2 of 4 processors busy", 12, ["2 of 4", "processors", "busy"]],
    ["2 of 4", 80, ["2 of 4"]],
    ["", 5, [""]],
    ["abcdefgh ij", 3, ["abc", "def", "gh", "ij"]],
    ["日本語", 3, ["日", "本", "語"]],
    ["日", 1, ["日"]],
    ["any width", Number.POSITIVE_INFINITY, ["any width"]],
  ])("%j in %d columns is broken between words where it can be", (text, columns, lines) => {
    expect(wrapToWidth(text, columns)).toEqual(lines);
  });
});
