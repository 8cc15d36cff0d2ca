import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { closeJobLog, putOldLogAside } from "../../../src/queue/files/job-log.ts";
import {
  asOrdinaryUser,
  giveToOrdinaryUser,
  makeFifo,
  namesIn,
  scratchFolder,
} from "../../support/scratch.ts";

const LAST = "[QM] ended: done";

let job = "";
let log = "";

beforeEach(() => {
  job = scratchFolder();
  log = path.join(job, "process.log");
});

function read(name = "process.log"): string {
  return fs.readFileSync(path.join(job, name), "utf8");
}

function appendAsJob(text: string): void {
  fs.appendFileSync(log, text);
}

describe("the log of an earlier attempt", () => {
  it("gets the first free number, so that the oldest has the lowest", () => {
    for (const attempt of ["first", "second", "third"]) {
      putOldLogAside(job);
      fs.writeFileSync(log, attempt);
    }
    expect(namesIn(job)).toEqual(["process.1.log", "process.2.log", "process.log"]);
    expect([read("process.1.log"), read("process.2.log"), read()]).toEqual(["first", "second", "third"]);
  });

  it("takes the place of nothing that the user has put in", () => {
    fs.writeFileSync(path.join(job, "process.1.log"), "the user's");
    fs.symlinkSync("nowhere", path.join(job, "process.2.log"));
    fs.writeFileSync(log, "old");
    putOldLogAside(job);
    expect(read("process.1.log")).toBe("the user's");
    expect(read("process.3.log")).toBe("old");
  });

  it("may be none", () => {
    putOldLogAside(job);
    expect(namesIn(job)).toEqual([]);
  });

  it.each([
    ["a link", () => fs.symlinkSync("/etc/passwd", log)],
    ["a folder", () => fs.mkdirSync(log)],
    ["a FIFO", () => makeFifo(log)],
  ])("may be %s, which is out of the way then", (_, make) => {
    make();
    putOldLogAside(job);
    appendAsJob("hello\n");
    expect(read()).toBe("hello\n");
  });
});

describe("the last line of a log", () => {
  it("comes after what the job has written", () => {
    appendAsJob("working\n");
    closeJobLog(job, LAST);
    expect(read()).toBe(`working\n${LAST}\n`);
  });

  it("begins a line of its own where the job has not ended its last", () => {
    appendAsJob("50 %\r60 %");
    closeJobLog(job, LAST);
    expect(read()).toBe(`50 %\r60 %\n${LAST}\n`);
  });

  it("is the only one of an empty log", () => {
    appendAsJob("");
    closeJobLog(job, LAST);
    expect(read()).toBe(`${LAST}\n`);
  });

  it("is written once, though the finish is repeated after a crash", () => {
    appendAsJob("working\n");
    for (let time = 1; time <= 3; time += 1) closeJobLog(job, LAST);
    expect(read()).toBe(`working\n${LAST}\n`);
  });

  it("is written though the log is shorter than the line, or holds no valid UTF-8", () => {
    fs.writeFileSync(log, Buffer.from([0xff, 0xfe]));
    closeJobLog(job, "é".repeat(100));
    expect(fs.readFileSync(log).subarray(2).toString()).toBe(`\n${"é".repeat(100)}\n`);
    closeJobLog(job, "é".repeat(100));
    expect(fs.statSync(log).size).toBe(204);
  });

  it("is left out where the job has removed its log", () => {
    closeJobLog(job, LAST);
    expect(namesIn(job)).toEqual([]);
  });

  it.each([
    ["a link", (elsewhere: string) => fs.symlinkSync(elsewhere, log)],
    ["a folder", () => fs.mkdirSync(log)],
    ["a FIFO", () => makeFifo(log)],
  ])("is left out where the job has put %s there", (_, make) => {
    const elsewhere = path.join(scratchFolder(), "elsewhere");
    fs.writeFileSync(elsewhere, "mine");
    make(elsewhere);
    closeJobLog(job, LAST);
    expect(fs.readFileSync(elsewhere, "utf8")).toBe("mine");
  });

  it("is left out where the job has forbidden writing, as its end must not hang on that", () => {
    fs.writeFileSync(log, "working\n", { mode: 0o000 });
    giveToOrdinaryUser(job, log);
    asOrdinaryUser(() => closeJobLog(job, LAST));
    expect(read()).toContain("working\n");
  });
});
