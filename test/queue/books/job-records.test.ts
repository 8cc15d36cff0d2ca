import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { recordAtEnd, recordAtStart } from "../../../src/job/build-record.ts";
import {
  isManagersOwn,
  readInputs,
  readJobRecord,
  statusText,
  writeEndRecord,
  writeInputs,
  writeStartRecord,
} from "../../../src/queue/books/job-records.ts";
import { ENDED_AT_MS, launch } from "../../plan/snapshots.ts";
import {
  asOrdinaryUser,
  fill,
  giveToOrdinaryUser,
  makeFifo,
  namesIn,
  scratchFolder,
} from "../../support/scratch.ts";

const place = { worker: "lab-1", host: "lab-1.local" };
const atStart = recordAtStart(launch("job"), place);
const atEnd = recordAtEnd(launch("job"), { kind: "done" }, { endedAtMs: ENDED_AT_MS }, place);

let job = "";

beforeEach(() => {
  job = scratchFolder();
});

describe("a job's record", () => {
  it("at its start is for programs only", () => {
    writeStartRecord(job, atStart);
    expect(readJobRecord(job)).toEqual(atStart);
    expect(namesIn(job)).toEqual([".qm"]);
  });

  it("at its end is for people too", () => {
    writeStartRecord(job, atStart);
    writeEndRecord(job, atEnd);
    expect(readJobRecord(job)).toEqual(atEnd);
    expect(fs.readFileSync(path.join(job, "QM_status.txt"), "utf8")).toBe(statusText(atEnd));
    expect(namesIn(path.join(job, ".qm"))).toEqual(["job.json"]);
  });

  it("can be written again after a crash", () => {
    for (let time = 1; time <= 2; time += 1) writeEndRecord(job, atEnd);
    expect(readJobRecord(job)).toEqual(atEnd);
    expect(namesIn(job)).toEqual([".qm", "QM_status.txt"]);
  });

  it.each([
    ["there is none", () => {}],
    ["it is torn", () => fill(job, { ".qm/job.json": JSON.stringify(atEnd).slice(0, -5) })],
    [
      "it is of another version",
      () => fill(job, { ".qm/job.json": JSON.stringify({ ...atEnd, version: 9 }) }),
    ],
    ["it is far too large", () => fill(job, { ".qm/job.json": JSON.stringify(atEnd) + " ".repeat(2e6) })],
    [
      "it is a link",
      () => {
        fill(job, { ".qm/": "", "mine.json": JSON.stringify(atEnd) });
        fs.symlinkSync("../mine.json", path.join(job, ".qm/job.json"));
      },
    ],
    [
      "it is a FIFO",
      () => {
        fill(job, { ".qm/": "" });
        makeFifo(path.join(job, ".qm/job.json"));
      },
    ],
    ["a file has the name of its folder", () => fill(job, { ".qm": "" })],
  ])("is not known where %s", (_, make) => {
    make();
    expect(readJobRecord(job)).toBeUndefined();
  });
});

describe("the list of inputs", () => {
  it("holds what is the job's own, whatever it is called, and no request", () => {
    fill(job, { "run.sh": "", QM_HOLD: "", "qm_ready.txt": "", "qm_top.pdb": "", QM_KILL: "x".repeat(5000) });
    writeInputs(job);
    expect(
      readInputs(job)
        ?.entries.map(({ path: name }) => name)
        .sort(),
    ).toEqual(["QM_KILL", "qm_top.pdb", "run.sh"]);
  });
});

describe("what a stranger has put where the records go", () => {
  it("is put aside where it is a link, and nothing is written where that led", () => {
    const elsewhere = fill(scratchFolder(), { "job.json": "mine" });
    fs.symlinkSync(elsewhere, path.join(job, ".qm"));
    writeEndRecord(job, atEnd);
    writeInputs(job);
    expect(namesIn(elsewhere)).toEqual(["job.json"]);
    expect(fs.readFileSync(path.join(elsewhere, "job.json"), "utf8")).toBe("mine");
    expect(fs.readlinkSync(path.join(job, ".qm.1"))).toBe(elsewhere);
    expect(readJobRecord(job)).toEqual(atEnd);
  });

  it("is put aside where it is a file, under a name that nothing has", () => {
    fill(job, { ".qm": "mine", ".qm.1": "mine too" });
    writeStartRecord(job, atStart);
    expect(fs.readFileSync(path.join(job, ".qm.2"), "utf8")).toBe("mine");
    expect(fs.readFileSync(path.join(job, ".qm.1"), "utf8")).toBe("mine too");
  });

  it.each([".qm/job.json", "QM_status.txt"])("is written through no link: %s", (name) => {
    const elsewhere = fill(scratchFolder(), { precious: "mine" });
    fill(job, { ".qm/": "" });
    fs.symlinkSync(path.join(elsewhere, "precious"), path.join(job, name));
    writeEndRecord(job, atEnd);
    expect(fs.readFileSync(path.join(elsewhere, "precious"), "utf8")).toBe("mine");
    expect(fs.lstatSync(path.join(job, name)).isFile()).toBe(true);
  });

  it.each([".qm/job.json", "QM_status.txt"])(
    "does not keep the job from being accounted for where it is a folder: %s",
    (name) => {
      fill(job, { [`${name}/with/content`]: "" });
      writeEndRecord(job, atEnd);
      expect(readJobRecord(job)).toEqual(atEnd);
      expect(fs.readFileSync(path.join(job, "QM_status.txt"), "utf8")).toBe(statusText(atEnd));
    },
  );

  it("does not keep the job from being accounted for where the job has made its .qm read-only", () => {
    writeStartRecord(job, atStart);
    const folder = path.join(job, ".qm");
    giveToOrdinaryUser(job, folder, path.join(folder, "job.json"));
    fs.chmodSync(folder, 0o555);
    asOrdinaryUser(() => writeEndRecord(job, atEnd));
    expect(readJobRecord(job)).toEqual(atEnd);
  });
});

describe("what lay in the folder when the job started", () => {
  it("is written down with type, size and time", () => {
    fill(job, { "run.sh": "echo\n", "in/data": "12345" });
    fs.utimesSync(path.join(job, "run.sh"), 1, 2);
    writeInputs(job);
    expect(readInputs(job)).toEqual({
      version: 1,
      entries: [
        { path: "in", type: "folder", bytes: 0, mtimeMs: fs.statSync(path.join(job, "in")).mtimeMs },
        { path: "in/data", type: "file", bytes: 5, mtimeMs: fs.statSync(path.join(job, "in/data")).mtimeMs },
        { path: "run.sh", type: "file", bytes: 5, mtimeMs: 2000 },
      ],
    });
  });

  it("is told without the manager's own files", () => {
    writeEndRecord(job, atEnd);
    fill(job, {
      "process.log": "",
      "process.1.log": "",
      "process.12.log": "",
      "a/process.log": "",
      ".qmx": "",
    });
    writeInputs(job);
    expect(readInputs(job)?.entries.map((entry) => entry.path)).toEqual([".qmx", "a", "a/process.log"]);
  });

  it("is told of names that are not UTF-8 too, marked as such", () => {
    fs.writeFileSync(Buffer.concat([Buffer.from(`${job}/f`), Buffer.from([0xfc])]), "");
    fill(job, { "f\u00fc": "" });
    writeInputs(job);
    expect(readInputs(job)?.entries).toMatchObject([{ path: "fü" }, { path: "f\xfc", latin1: true }]);
    expect(readInputs(job)?.entries[0]).not.toHaveProperty("latin1");
  });

  it.each([
    ["there is no list", () => {}],
    ["the list is torn", () => fill(job, { ".qm/inputs.json": '{"version":1,"ent' })],
    ["the list is something else", () => fill(job, { ".qm/inputs.json": "null" })],
    ["its entries are something else", () => fill(job, { ".qm/inputs.json": '{"version":1,"entries":[7]}' })],
    ["the list is of another version", () => fill(job, { ".qm/inputs.json": '{"version":2,"entries":[]}' })],
    [
      "a FIFO lies there",
      () => {
        fill(job, { ".qm/": "" });
        makeFifo(path.join(job, ".qm/inputs.json"));
      },
    ],
  ])("is not known where %s", (_, make) => {
    make();
    expect(readInputs(job)).toBeUndefined();
  });
});

describe("the manager's own files in a job's folder", () => {
  it.each([".qm", ".qm/job.json", "QM_status.txt", "process.log", "process.3.log"])("are known: %s", (name) =>
    expect(isManagersOwn(name)).toBe(true),
  );

  it.each([
    ".qmx",
    "a/.qm",
    "process.log.gz",
    "process.x.log",
    "my process.log",
    "qm_status.txt",
    "in/process.log",
  ])("are none of the job's: %s", (name) => expect(isManagersOwn(name)).toBe(false));
});
