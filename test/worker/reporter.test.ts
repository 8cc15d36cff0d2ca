import fs from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { layoutOf } from "../../src/queue/layout.ts";
import { type News, readReport, writeReport } from "../../src/queue/workers/report.ts";
import { makeWorkerFolder, workerFiles } from "../../src/queue/workers/worker-files.ts";
import { Reporter } from "../../src/worker/reporter.ts";
import { reportOf, runningAttempt } from "../queue/workers/report-fixture.ts";
import { scratchFolder } from "../support/scratch.ts";

const { state, offer, attempts, sequence: _sequence, writtenAt: _at, version: _version, ...who } = reportOf();
const NEWS = { state, offer, attempts };

let file: string;
let reporter: Reporter;

beforeEach(() => {
  const layout = layoutOf(scratchFolder());
  fs.mkdirSync(layout.state);
  const files = workerFiles(layout, "lab2");
  makeWorkerFolder(files.folder);
  file = files.report;
  writeReport(file, reportOf({ instance: "the one before" }));
  reporter = new Reporter(file, { ...who, instance: "this one" });
});

afterEach(() => {
  vi.restoreAllMocks();
});

function told() {
  const found = readReport(file);
  if (found.kind !== "report") throw new Error(found.kind);
  return [found.report.instance, found.report.sequence];
}

function onFullDisk(act: () => void): void {
  const rename = vi.spyOn(fs, "renameSync").mockImplementation(() => {
    throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
  });
  expect(act).toThrow("no space left");
  rename.mockRestore();
}

describe("the report of a worker", () => {
  it("takes the place of that of the worker before, however late the first can be written", () => {
    onFullDisk(() => reporter.tell(NEWS, 0));
    onFullDisk(() => reporter.tell(NEWS, 1000));
    reporter.tell(NEWS, 2000);
    expect(told()).toEqual(["this one", 1]);
  });

  it("ends the worker where another one reports meanwhile, and leaves that as it is", () => {
    reporter.tell(NEWS, 0);
    writeReport(file, reportOf({ instance: "another" }));
    expect(() => reporter.tell(NEWS, 4000)).toThrow("another worker calls itself lab2");
    expect(told()).toEqual(["another", 1]);
  });

  it("is written every second at first, then a second after news, and every four seconds without any", () => {
    const times: number[] = [];
    const tell = (news: Partial<News>, ms: number) => {
      const before = told().at(1);
      reporter.tell({ ...NEWS, ...news }, ms);
      if (told().at(1) !== before || ms === 0) times.push(ms);
    };
    const running = (memory: number) => ({ attempts: { run: runningAttempt({ peakMemoryBytes: memory }) } });
    for (const ms of [0, 999, 1000, 1500, 2000, 3000, 4000, 5000, 7999, 8000]) tell({}, ms);
    for (const ms of [8999, 9000, 10_000, 12_999, 13_000]) tell(running(ms), ms);
    expect(times).toEqual([0, 1000, 2000, 3000, 4000, 8000, 9000, 13_000]);
  });
});
