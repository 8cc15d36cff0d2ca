import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ProgressWatch } from "../../src/manager/progress-watch.ts";
import type { ObservedRun } from "../../src/manager/run-scan.ts";
import { run, running } from "../plan/snapshots.ts";
import { scratchFolder } from "../support/scratch.ts";

let jobFolder: string;
let watch: ProgressWatch;
let nowMs = 0;

beforeEach(() => {
  jobFolder = scratchFolder();
  watch = new ProgressWatch();
  nowMs = 0;
});

/** The watch's expectation of a job that has run for so long, at its next look at the log. */
function leftAfter(elapsedSeconds: number): number | undefined {
  nowMs += 10_000;
  const job = { ...run("job", running(elapsedSeconds)), jobFolder } as unknown as ObservedRun;
  watch.look([job], nowMs);
  return watch.secondsLeft(job.launch.runId, nowMs);
}

function logs(text: string): void {
  fs.appendFileSync(path.join(jobFolder, "process.log"), text);
}

describe("the end of a job by its log", () => {
  it("is expected as if it goes on as it went, anew as the log grows", () => {
    expect(leftAfter(10)).toBeUndefined();
    logs("step 1 / 4\n");
    expect(leftAfter(20)).toBe(60);
    logs("step 2 / 4\n");
    expect(leftAfter(100)).toBe(100);
  });

  it("comes no nearer while the log does not grow", () => {
    logs("50 %\n");
    expect(leftAfter(100)).toBe(100);
    expect(leftAfter(1000)).toBe(1000);
  });

  it("is untold at the end of its progress", () => {
    logs("4 / 4\n");
    expect(leftAfter(100)).toBeUndefined();
  });

  it("is news only where it is expected at quite another time", () => {
    logs("50 %\n");
    leftAfter(1000);
    const { news } = watch;
    logs("50.1 %\n");
    expect(leftAfter(1010)).toBe(990);
    expect(watch.news).toBe(news);
    logs("90 %\n");
    leftAfter(1020);
    expect(watch.news).toBe(news + 1);
  });

  it("is not looked for through a link, nor in a FIFO or a folder", () => {
    logs("50 %\n");
    const log = path.join(jobFolder, "process.log");
    fs.renameSync(log, path.join(jobFolder, "other"));
    fs.symlinkSync("other", log);
    expect(leftAfter(100)).toBeUndefined();
    fs.rmSync(log);
    fs.mkdirSync(log);
    expect(leftAfter(100)).toBeUndefined();
  });

  it("is forgotten with the job", () => {
    logs("50 %\n");
    leftAfter(100);
    watch.look([], nowMs);
    expect(watch.secondsLeft("run of job", nowMs)).toBeUndefined();
  });
});
