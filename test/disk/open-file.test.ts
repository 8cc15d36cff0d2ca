import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openToAppend } from "../../src/disk/open-file.ts";
import { makeFifo, scratchFolder } from "../support/scratch.ts";

let log = "";

beforeEach(() => {
  log = path.join(scratchFolder(), "process.log");
});

describe("openToAppend", () => {
  it("makes it, and appends to what is there", () => {
    for (const text of ["one\n", "two\n"]) {
      using opened = openToAppend(log);
      fs.writeSync(opened.handle, text);
    }
    expect(fs.readFileSync(log, "utf8")).toBe("one\ntwo\n");
  });

  it("lets two writers append without overwriting each other", () => {
    using one = openToAppend(log);
    using other = openToAppend(log);
    for (const [{ handle }, text] of [
      [one, "a"],
      [other, "b"],
      [one, "c"],
    ] as const)
      fs.writeSync(handle, text);
    expect(fs.readFileSync(log, "utf8")).toBe("abc");
  });

  it("does not go through a link", () => {
    const elsewhere = path.join(scratchFolder(), "elsewhere");
    fs.writeFileSync(elsewhere, "mine");
    fs.symlinkSync(elsewhere, log);
    expect(() => openToAppend(log)).toThrow("ELOOP");
    expect(fs.readFileSync(elsewhere, "utf8")).toBe("mine");
  });

  it("does not wait at a FIFO", () => {
    makeFifo(log);
    expect(() => openToAppend(log)).toThrow("ENXIO");
  });

  it("refuses a FIFO that somebody reads from", () => {
    const reader = fs.openSync(makeFifo(log), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      expect(() => openToAppend(log)).toThrow("process.log is not a regular file");
    } finally {
      fs.closeSync(reader);
    }
  });
});
