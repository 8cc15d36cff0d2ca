import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openLogForReading } from "../../../src/disk/safe-read.ts";
import { firstWholeLine, type LastLines, readLastLines } from "../../../src/queue/files/job-log.ts";
import { scratchFolder } from "../../support/scratch.ts";

const GIGABYTE = 1024 ** 3;
const MEGABYTE = 1024 ** 2;

function logOf(content: string | Buffer): string {
  const file = path.join(scratchFolder(), "process.log");
  fs.writeFileSync(file, content);
  return file;
}

function lastLines(file: string, count?: number): LastLines {
  const log = openLogForReading(file);
  if (log === undefined) throw new Error(`${file} is no log`);
  try {
    return readLastLines(log, count);
  } finally {
    fs.closeSync(log.handle);
  }
}

function numbered(count: number): string {
  return Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join("");
}

describe("the last lines of a log", () => {
  it.each([
    ["all of a short one", "a\nb\n", 5, "a\nb\n"],
    ["the last of many", "a\nb\nc\n", 2, "b\nc\n"],
    ["an unfinished last one counts", "a\nb\nc", 2, "b\nc"],
    ["empty lines count", "a\n\n\n", 2, "\n\n"],
    ["none of an empty one", "", 5, ""],
    ["as many as there are", "a\nb\n", 2, "a\nb\n"],
  ])("are %s", (_, content, count, text) => {
    const { size, fromByte, cut, ...read } = lastLines(logOf(content), count);
    expect(read.text).toBe(text);
    expect([size, fromByte]).toEqual([content.length, content.length - text.length]);
    expect(cut).toBe(fromByte > 0);
  });

  it("are 1,000 unless told otherwise, over the blocks that are read", () => {
    const filler = `${"é".repeat(200)}\n`.repeat(500);
    const { text, cut } = lastLines(logOf(numbered(3000) + filler));
    expect(cut).toBe(true);
    expect(text).toBe(`${numbered(3000).split("\n").slice(2500).join("\n")}${filler}`);
  });

  it("begin in a block before the one that holds their ends", () => {
    const [before, first, second] = ["a", "b", "c"].map((letter) => `${letter.repeat(40_000)}\n`);
    expect(lastLines(logOf(`${before}${first}${second}`), 2).text).toBe(`${first}${second}`);
  });

  it("tell where the unfinished line begins", () => {
    expect(lastLines(logOf("a\nbc")).unfinishedByte).toBe(2);
    expect(lastLines(logOf("a\nbc\n")).unfinishedByte).toBe(5);
    expect(lastLines(logOf("abc")).unfinishedByte).toBe(0);
  });

  it("are those of the text, for any text and count", () => {
    const text = fc
      .array(fc.constantFrom("a", "é", "\n", "😀"), { maxLength: 40 })
      .map((parts) => parts.join(""));
    const file = logOf("");
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 10 }), (content, count) => {
        fs.writeFileSync(file, content);
        const lines = content.match(/[^\n]*\n|[^\n]+$/g) ?? [];
        expect(lastLines(file, count).text).toBe(lines.slice(-count).join(""));
      }),
    );
  });
});

describe("a log of two gigabytes", () => {
  function hugeLog(ending: string): string {
    const file = logOf("");
    fs.truncateSync(file, 2 * GIGABYTE);
    fs.appendFileSync(file, ending);
    return file;
  }

  it("gives its last lines without being read", () => {
    const file = hugeLog(`\n${numbered(1000)}`);
    const before = process.memoryUsage.rss();
    const { text, size, fromByte, unfinishedByte, cut } = lastLines(file);
    expect(text).toBe(numbered(1000));
    expect(size).toBe(fs.statSync(file).size);
    expect([fromByte + text.length, unfinishedByte, cut]).toEqual([size, size, true]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(50 * MEGABYTE);
  });

  it("begins at a line where its last megabyte holds fewer than were wanted", () => {
    expect(lastLines(hugeLog(`\n${numbered(3)}`)).text).toBe(numbered(3));
  });

  it("shows the end of a line that is longer than a megabyte, from a character on", () => {
    const { text } = lastLines(hugeLog("é".repeat(MEGABYTE)));
    expect(text.length).toBeGreaterThan(MEGABYTE / 2 - 2);
    expect(text).toMatch(/^é+$/);
    expect(lastLines(hugeLog(`x${"é".repeat(MEGABYTE)}\n`)).text).toMatch(/^é+\n$/);
  });
});

describe("bytes that are no text", () => {
  it("are replaced", () => {
    expect(lastLines(logOf(Buffer.from([0x61, 0xff, 0x62, 0x0a]))).text).toBe("a\ufffdb\n");
  });

  it("are left out at the end while a character is being written", () => {
    expect(lastLines(logOf(Buffer.from("aé").subarray(0, 2))).text).toBe("a");
  });

  it("do not keep a first line from being found", () => {
    expect(firstWholeLine(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80]))).toBe(0);
    expect(firstWholeLine(Buffer.from([0x80, 0x80, 0x61]))).toBe(2);
    expect(firstWholeLine(Buffer.from(""))).toBe(0);
    expect(firstWholeLine(Buffer.from("tail\n"))).toBe(0);
    expect(firstWholeLine(Buffer.from("tail\nhead"))).toBe(5);
  });
});
