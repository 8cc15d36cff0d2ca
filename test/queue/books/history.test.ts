import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recordAtEnd } from "../../../src/job/build-record.ts";
import type { JobRecord } from "../../../src/job/record.ts";
import { History, readHistory } from "../../../src/queue/books/history.ts";
import { ENDED_AT_MS, launch } from "../../plan/snapshots.ts";
import { fill, namesIn, scratchFolder } from "../../support/scratch.ts";

let file = "";

beforeEach(() => {
  file = path.join(scratchFolder(), "history.jsonl");
});

afterEach(() => {
  vi.restoreAllMocks();
});

function ended(runId: string, description = ""): JobRecord {
  const place = { worker: "lab-1", host: "lab-1.local" };
  const record = recordAtEnd(launch("job", { runId }), { kind: "done" }, { endedAtMs: ENDED_AT_MS }, place);
  return { ...record, description };
}

function runIds(): string[] {
  return readHistory(file).map((record) => record.runId);
}

describe("the history", () => {
  it("has a line for each attempt that has ended, oldest first", async () => {
    const history = new History(file);
    for (const runId of ["a", "b", "c"]) await history.add(ended(runId));
    expect(readHistory(file)).toEqual([ended("a"), ended("b"), ended("c")]);
    expect(fs.readFileSync(file, "utf8").split("\n")).toHaveLength(4);
  });

  it("is empty before the first", () => expect(readHistory(file)).toEqual([]));

  it("keeps a description with line breaks on its one line", async () => {
    await new History(file).add(ended("a", "one\ntwo\r\n\u2028three"));
    expect(readHistory(file)).toEqual([ended("a", "one\ntwo\r\n\u2028three")]);
  });

  it("has one line for an attempt, though its finish is repeated", async () => {
    const history = new History(file);
    await history.add(ended("a"));
    await history.add(ended("a"));
    expect(runIds()).toEqual(["a"]);
  });

  it("has one line for an attempt, though its finish is repeated after a restart", async () => {
    await new History(file).add(ended("a"));
    const after = new History(file);
    await after.add(ended("a"));
    await after.add(ended("b"));
    expect(runIds()).toEqual(["a", "b"]);
  });

  it("finds how an attempt ended, the last one and one of megabytes ago", async () => {
    const first = ended("first", "one\u2028two");
    const filler = Array.from({ length: 4000 }, (_, index) => ended(`filler ${index}`, "x".repeat(500)));
    fs.writeFileSync(file, [first, ...filler].map((record) => `${JSON.stringify(record)}\n`).join(""));
    const history = new History(file);
    await history.add(ended("last"));
    expect(await history.find("first")).toEqual(first);
    expect(await history.find("last")).toEqual(ended("last"));
    for (const unknown of ["fir", "nobody's", ""]) expect(await history.find(unknown)).toBeUndefined();
  });

  it("finds nothing where there is no history", async () => {
    expect(await new History(file).find("any")).toBeUndefined();
  });

  it("knows the last attempts of a history of many megabytes", async () => {
    const line = JSON.stringify(ended("old", "é".repeat(1000)));
    fs.writeFileSync(file, `${line}\n`.repeat(2000));
    await new History(file).add(ended("last"));
    await new History(file).add(ended("last"));
    expect(runIds().filter((runId) => runId === "last")).toHaveLength(1);
  });
});

describe("a line torn by a crash", () => {
  it("is passed over, and the attempt gets its whole line in the next try", async () => {
    fs.writeFileSync(file, `${JSON.stringify(ended("a"))}\n${JSON.stringify(ended("b")).slice(0, 40)}`);
    const history = new History(file);
    await history.add(ended("b"));
    expect(runIds()).toEqual(["a", "b"]);
  });

  it("counts as whole where it lacks its end of line alone", async () => {
    fs.writeFileSync(file, JSON.stringify(ended("a")));
    const history = new History(file);
    await history.add(ended("a"));
    await history.add(ended("b"));
    expect(runIds()).toEqual(["a", "b"]);
  });
});

it("throws when a line cannot be written, and has the attempt once in the end", async () => {
  const history = new History(file);
  vi.spyOn(fs, "fsync").mockImplementationOnce((_, done) => {
    done(Object.assign(new Error("no space"), { code: "ENOSPC" }));
  });
  await expect(history.add(ended("a"))).rejects.toThrow("no space");
  await history.add(ended("a"));
  expect(runIds()).toEqual(["a"]);
});

describe("a history that was deleted", () => {
  let stage = "";
  const told: number[] = [];

  beforeEach(() => {
    stage = scratchFolder();
    told.length = 0;
  });

  function open(): History {
    return new History(file, {
      folders: [stage, path.join(stage, "missing")],
      tell: (count) => told.push(count),
    });
  }

  function rest(name: string, runId: string, minute: number, changes: Partial<JobRecord> = {}): JobRecord {
    const finishedAt = new Date(ENDED_AT_MS + minute * 60_000).toISOString();
    const record = { ...ended(runId), name, finishedAt, ...changes };
    fill(stage, { [`${name}/.qm/job.json`]: JSON.stringify(record, null, 2) });
    return record;
  }

  it("is rebuilt from the folders of the ended jobs, by when they ended", () => {
    const [late, early, between] = [rest("a", "late", 3), rest("b", "early", 1), rest("c", "between", 2)];
    open();
    expect(readHistory(file)).toEqual([early, between, late]);
    expect(told).toEqual([3]);
    expect(namesIn(path.dirname(file))).toEqual(["history.jsonl"]);
  });

  it("has none of what has not ended, has no record, or is a copy of another folder", () => {
    rest("job", "a", 1);
    rest("copy of job", "a", 1);
    rest("moved by hand", "b", 2, { state: "running" });
    fill(stage, { "no record/x": "", "torn/.qm/job.json": '{"version": 1', "a file": "" });
    open();
    expect(runIds()).toEqual(["a"]);
  });

  it("has those first that tell no time of their end", () => {
    rest("job", "a", 1);
    const { finishedAt: _none, ...record } = rest("odd", "b", 2);
    fill(stage, { "odd/.qm/job.json": JSON.stringify(record) });
    open();
    expect(runIds()).toEqual(["b", "a"]);
  });

  it("is rebuilt before the next line where it is deleted while the manager runs", async () => {
    rest("job", "a", 1);
    const history = open();
    await history.add(ended("b"));
    rest("b", "b", 2);
    fs.rmSync(file);
    await history.add(ended("c"));
    await history.add(ended("b"));
    expect(runIds()).toEqual(["a", "b", "c"]);
    expect(told).toEqual([1, 2]);
  });

  it("is rebuilt where it is deleted while another line is being written, which is then written anew", async () => {
    rest("job", "a", 1);
    const history = open();
    const { fsync } = fs;
    vi.spyOn(fs, "fsync").mockImplementationOnce((handle, done) => {
      fs.rmSync(file);
      fsync(handle, done);
    });
    await expect(history.add(ended("b"))).rejects.toThrow("deleted");
    await history.add(ended("b"));
    expect(runIds()).toEqual(["a", "b"]);
  });

  it("is left as it is where it is there, and not made where nothing has ended", () => {
    open();
    expect(fs.existsSync(file)).toBe(false);
    fs.writeFileSync(file, "");
    rest("job", "a", 1);
    open();
    expect(runIds()).toEqual([]);
    expect(told).toEqual([]);
  });

  it("is rebuilt later where there is no room for it, and never half", async () => {
    rest("job", "a", 1);
    const full = () => {
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    };
    vi.spyOn(fs, "fsyncSync").mockImplementationOnce(full).mockImplementationOnce(full);
    const history = open();
    expect(namesIn(path.dirname(file))).toEqual([]);
    await expect(history.add(ended("b"))).rejects.toThrow("no space");
    expect(namesIn(path.dirname(file))).toEqual([]);
    await history.add(ended("b"));
    expect(runIds()).toEqual(["a", "b"]);
  });
});
