import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recordAtEnd } from "../../src/core/build-record.ts";
import type { JobRecord } from "../../src/core/record.ts";
import { History, readHistory } from "../../src/folders/history.ts";
import { ENDED_AT_MS, launch } from "../core/snapshots.ts";
import { scratchFolder } from "../files/scratch.ts";

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
  it("has a line for each attempt that has ended, oldest first", () => {
    const history = new History(file);
    for (const runId of ["a", "b", "c"]) history.add(ended(runId));
    expect(readHistory(file)).toEqual([ended("a"), ended("b"), ended("c")]);
    expect(fs.readFileSync(file, "utf8").split("\n")).toHaveLength(4);
  });

  it("is empty before the first", () => expect(readHistory(file)).toEqual([]));

  it("keeps a description with line breaks on its one line", () => {
    new History(file).add(ended("a", "one\ntwo\r\n\u2028three"));
    expect(readHistory(file)).toEqual([ended("a", "one\ntwo\r\n\u2028three")]);
  });

  it("has one line for an attempt, though its finish is repeated", () => {
    const history = new History(file);
    history.add(ended("a"));
    history.add(ended("a"));
    expect(runIds()).toEqual(["a"]);
  });

  it("has one line for an attempt, though its finish is repeated after a restart", () => {
    new History(file).add(ended("a"));
    const after = new History(file);
    after.add(ended("a"));
    after.add(ended("b"));
    expect(runIds()).toEqual(["a", "b"]);
  });

  it("knows the last attempts of a history of many megabytes", () => {
    const line = JSON.stringify(ended("old", "é".repeat(1000)));
    fs.writeFileSync(file, `${line}\n`.repeat(2000));
    new History(file).add(ended("last"));
    new History(file).add(ended("last"));
    expect(runIds().filter((runId) => runId === "last")).toHaveLength(1);
  });
});

describe("a line torn by a crash", () => {
  it("is passed over, and the attempt gets its whole line in the next try", () => {
    fs.writeFileSync(file, `${JSON.stringify(ended("a"))}\n${JSON.stringify(ended("b")).slice(0, 40)}`);
    const history = new History(file);
    history.add(ended("b"));
    expect(runIds()).toEqual(["a", "b"]);
  });

  it("counts as whole where it lacks its end of line alone", () => {
    fs.writeFileSync(file, JSON.stringify(ended("a")));
    const history = new History(file);
    history.add(ended("a"));
    history.add(ended("b"));
    expect(runIds()).toEqual(["a", "b"]);
  });
});

it("throws when a line cannot be written, and has the attempt once in the end", () => {
  const history = new History(file);
  vi.spyOn(fs, "fsyncSync").mockImplementationOnce(() => {
    throw Object.assign(new Error("no space"), { code: "ENOSPC" });
  });
  expect(() => history.add(ended("a"))).toThrow("no space");
  history.add(ended("a"));
  expect(runIds()).toEqual(["a"]);
});
