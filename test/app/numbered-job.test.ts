import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findGoneJob, findJob } from "../../src/app/find-job.ts";
import { Admissions } from "../../src/queue/intake/admissions.ts";
import { Scratch } from "../cli/cli-fixture.ts";
import { info } from "../plan/snapshots.ts";

let scratch: Scratch;

beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

function found(given: string): string {
  return findJob(scratch.layout, given).name;
}

/** A waiting job with a number, as the manager notes it. */
function putWaiting(name: string, number: number): void {
  const folder = scratch.put("queue", name);
  new Admissions(scratch.layout.admissions).set({
    name,
    number,
    place: number,
    sentToTop: false,
    admittedAtMs: 0,
    fingerprint: "",
    folderMtimeMs: fs.lstatSync(folder).mtimeMs,
    bytes: 0,
    files: 0,
    info: info(),
  });
}

function putRunning(name: string, number: number): void {
  const folder = scratch.putEnded(name, { number, state: "running" });
  fs.renameSync(folder, path.join(scratch.layout.running, name));
}

describe("a job's number in place of its name", () => {
  it("finds it where it waits, runs and has ended, with or without #", () => {
    putWaiting("waits", 7);
    putRunning("runs", 6);
    scratch.putEnded("ended", { number: 5 });
    expect(["7", "#7", "6", "#6", "5", "#5"].map(found)).toEqual([
      "waits",
      "waits",
      "runs",
      "runs",
      "ended",
      "ended",
    ]);
  });

  it("gives way to a name, but with # is always the number", () => {
    scratch.putEnded("12", { number: 3 });
    scratch.putEnded("other", { number: 12 });
    expect([found("12"), found("#12"), found("3"), found("#3")]).toEqual(["12", "other", "12", "12"]);
  });

  it("of nobody is told, also where a job has it for a name", () => {
    scratch.putEnded("#4", { number: 3 });
    expect(() => found("#4")).toThrow("there is no job with the number #4");
    expect(() => found("4")).toThrow("there is no job «4»");
    expect(() => found("#0")).toThrow("there is no job «#0»");
  });

  it("never means another job that has got the name since", () => {
    fs.rmSync(scratch.putEnded("a", { number: 1, runId: "first" }), { recursive: true });
    scratch.putEnded("a", { number: 2, runId: "second" });
    expect(found("2")).toBe("a");
    expect(() => found("1")).toThrow("the folder of the job «a» is gone");
    expect(findGoneJob(scratch.layout, "1")).toMatchObject({ name: "a", number: 1 });
    expect(findGoneJob(scratch.layout, "2")).toBeUndefined();
  });

  it("of one that ended before there were numbers is that of its line in the history", () => {
    const folder = scratch.putEnded("old", { number: 9 });
    const record = JSON.parse(fs.readFileSync(path.join(folder, ".qm/job.json"), "utf8"));
    fs.writeFileSync(path.join(folder, ".qm/job.json"), JSON.stringify({ ...record, number: undefined }));
    expect(found("9")).toBe("old");
  });

  it("is accepted by the verbs that take a job", async () => {
    scratch.putEnded("ended", { number: 5 });
    expect((await scratch.run(["show", "5"])).out).toMatch(/^ended {2}done[\s\S]*Number: +5$/m);
    expect((await scratch.run(["log", "#5"])).out).toContain("second");
    expect(await scratch.json("wait", "5")).toMatchObject({
      jobs: [{ name: "ended", record: { number: 5 } }],
    });
    expect((await scratch.run(["redo", "5"])).code).toBe(0);
    expect(fs.existsSync(path.join(scratch.layout.queue, "ended"))).toBe(true);
  });
});
