import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readReport, writeReport } from "../../../src/queue/workers/report.ts";
import { scratchFolder } from "../../support/scratch.ts";
import { reportOf, runningAttempt } from "./report-fixture.ts";

let file: string;

beforeEach(() => {
  file = path.join(scratchFolder(), "report.json");
});

describe("a worker's report", () => {
  it("is read as it was written", () => {
    const report = reportOf({ attempts: { a: runningAttempt({ endingSeconds: 3, waitsFor: "data" }) } });
    writeReport(file, report);
    expect(readReport(file)).toMatchObject({ kind: "report", report });
    expect(fs.readdirSync(path.dirname(file))).toEqual(["report.json"]);
  });

  it("is absent where there is none", () => {
    expect(readReport(file)).toEqual({ kind: "absent" });
  });

  it.each(["", '{"version":1,"worker":"la', "[]", '{"version":1}'])("is torn where it holds %j", (text) => {
    fs.writeFileSync(file, text);
    expect(readReport(file)).toEqual({ kind: "torn" });
  });

  it("of a later version is told from a torn one, and not misread", () => {
    fs.writeFileSync(file, JSON.stringify({ ...reportOf(), version: 2 }));
    expect(readReport(file)).toEqual({ kind: "newer", version: 2 });
  });
});
