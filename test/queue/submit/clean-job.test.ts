import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { recordAtEnd } from "../../../src/job/build-record.ts";
import { lastRunEnd } from "../../../src/job/record.ts";
import {
  readInputs,
  readJobRecord,
  writeEndRecord,
  writeInputs,
} from "../../../src/queue/books/job-records.ts";
import { cleanJob, planClean } from "../../../src/queue/submit/clean-job.ts";
import { launch } from "../../plan/snapshots.ts";
import { fill, namesIn, scratchFolder } from "../../support/scratch.ts";

const PLACE = { worker: "w", host: "h" };

let job = "";

beforeEach(() => {
  job = fill(scratchFolder(), { "run.sh": "echo\n", "in/data": "1" });
});

/** One attempt: what lies there is written down, then the job writes, then its end is recorded. */
function attempt(writes: Readonly<Record<string, string>>, alsoDoes = () => {}): void {
  writeInputs(job);
  fill(job, writes);
  alsoDoes();
  // An end is told in whole milliseconds; what is changed from now on is newer.
  waitForNextTick();
  writeEndRecord(
    job,
    recordAtEnd(launch("job"), { kind: "done" }, { startedAtMs: 0, endedAtMs: Date.now() }, PLACE),
  );
  waitForNextTick();
}

/** Until the file system's clock, which ticks every few milliseconds, has moved on. */
function waitForNextTick(): void {
  const probe = path.join(scratchFolder(), "probe");
  const look = () => {
    fs.writeFileSync(probe, "");
    return Math.floor(fs.statSync(probe).ctimeMs);
  };
  const before = Math.max(look(), Date.now());
  while (look() <= before + 1);
}

function clean(): void {
  const inputs = readInputs(job);
  if (inputs === undefined) throw new Error("there is no list of inputs");
  const plan = planClean(job, inputs, lastRunEnd(readJobRecord(job)));
  expect(plan.spoiled).toEqual([]);
  cleanJob(job, plan);
}

function left(): string[] {
  return fs
    .readdirSync(job, { recursive: true, encoding: "utf8" })
    .filter((name) => !/^(\.qm|QM_status)/.test(name))
    .sort();
}

const INPUTS = ["in", "in/data", "run.sh"];

describe("cleaning a job", () => {
  it("leaves what somebody has put in since its end, with the folders that it lies in", () => {
    attempt({ "out/result": "1", "made/x": "1" });
    fill(job, { "note.txt": "mine", "out/sub/mine": "2" });
    clean();
    expect(left()).toEqual([...INPUTS, "note.txt", "out", "out/sub", "out/sub/mine"].sort());
  });

  it("leaves what its attempt started from", () => {
    attempt({ "out/deep/result": "1", "in/more": "2" });
    clean();
    expect(left()).toEqual(INPUTS);
  });

  it("removes what the job dated into the future, in earlier attempts too", () => {
    for (const name of ["first", "second"]) {
      attempt({ [name]: "1" }, () => fs.utimesSync(path.join(job, name), 4e9, 4e9));
    }
    clean();
    expect(left()).toEqual(INPUTS);
  });

  it("removes the results of all earlier attempts too", () => {
    attempt({ "out/result.1": "1" });
    attempt({ "out/result.2": "1", "second/x": "" });
    attempt({ third: "" });
    attempt({});
    clean();
    expect(left()).toEqual(INPUTS);
  });

  it("does so though a start was repeated after a crash", () => {
    attempt({ result: "1" });
    writeInputs(job);
    attempt({});
    clean();
    expect(left()).toEqual(INPUTS);
  });

  it("keeps what somebody has put in or changed between two attempts, with the folders it lies in", () => {
    attempt({ "out/result": "1", "out/mended": "1", "sub/deep/x": "1", tuned: "1" });
    fill(job, { "added/by-hand": "1", "sub/deep/mine": "1" });
    fs.writeFileSync(path.join(job, "tuned"), "better");
    fs.appendFileSync(path.join(job, "out/mended"), "2");
    attempt({ "later/y": "1" });
    clean();
    expect(left()).toEqual(
      [
        ...INPUTS,
        "added",
        "added/by-hand",
        "out",
        "out/mended",
        "sub",
        "sub/deep",
        "sub/deep/mine",
        "tuned",
      ].sort(),
    );
  });

  it("keeps a file that was put in with an old date, as by cp -p", () => {
    attempt({ result: "1" });
    fill(job, { old: "1" });
    fs.utimesSync(path.join(job, "old"), 1, 1);
    attempt({});
    clean();
    expect(left()).toEqual(["in", "in/data", "old", "run.sh"]);
  });

  it("takes no result for an input that is missing", () => {
    attempt({ result: "1" });
    attempt({});
    fs.rmSync(path.join(job, "result"));
    clean();
    expect(left()).toEqual(INPUTS);
  });

  it("keeps all that was there where the end of the earlier attempt is not known", () => {
    attempt({ result: "1" });
    fs.rmSync(path.join(job, ".qm/job.json"));
    attempt({});
    clean();
    expect(left()).toEqual(["in", "in/data", "result", "run.sh"]);
  });
});

describe("the list of inputs", () => {
  it("marks results of earlier attempts in a form that older readers pass over", () => {
    attempt({ result: "1" });
    writeInputs(job);
    const text = fs.readFileSync(path.join(job, ".qm/inputs.json"), "utf8");
    const { version, entries } = JSON.parse(text);
    expect(version).toBe(1);
    expect(entries).toContainEqual(expect.objectContaining({ path: "result", earlier: true }));
    expect(entries.filter((entry: object) => "earlier" in entry)).toHaveLength(1);
    expect(namesIn(job)).toContain("result");
  });
});
