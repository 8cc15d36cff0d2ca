import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { moveJob } from "../../src/queue/move.ts";
import { listJobNames, listStage, NameIndex } from "../../src/queue/stages.ts";
import { asOrdinaryUser, fill, scratchFolder } from "../support/scratch.ts";

/** `für` as Latin-1 writes it, which is no UTF-8. */
const LATIN1 = Buffer.from([0x66, 0xfc, 0x72]);

let stage = "";

beforeEach(() => {
  stage = scratchFolder();
});

afterEach(() => {
  vi.restoreAllMocks();
});

function latin1Path(): Buffer {
  return Buffer.concat([Buffer.from(`${stage}/`), LATIN1]);
}

describe("the entries of a folder", () => {
  it("are all there are, whatever they are", () => {
    fill(stage, { "job/": "", ".hidden": "", "a file": "" });
    fs.symlinkSync("nowhere", path.join(stage, "link"));
    const entries = listStage(stage).toSorted((one, other) => (one.name < other.name ? -1 : 1));
    expect(entries).toEqual(
      [".hidden", "a file", "job", "link"].map((name) => ({
        name,
        path: path.join(stage, name),
        validUtf8: true,
      })),
    );
  });

  it("may have any name", () => {
    const names = ["x".repeat(255), "new\nline", "quo'te\"s", "語😀", "-rf", "\ufeffmarked"];
    for (const name of names) fs.mkdirSync(path.join(stage, name));
    expect(listStage(stage).map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    for (const entry of listStage(stage)) expect(fs.lstatSync(entry.path).isDirectory()).toBe(true);
  });

  it("are read as Latin-1 where they are not UTF-8, and can still be found on the disk", () => {
    fs.mkdirSync(latin1Path());
    expect(listStage(stage)).toEqual([{ name: "f\u00fcr", path: latin1Path(), validUtf8: false }]);
  });

  it("cannot be told where the folder is missing or cannot be read: that is no empty one", () => {
    expect(() => listStage(path.join(stage, "nothing"))).toThrow("ENOENT");
    fs.chmodSync(stage, 0);
    expect(() => asOrdinaryUser(() => listStage(stage))).toThrow("EACCES");
    expect(() => asOrdinaryUser(() => listJobNames(stage))).toThrow("EACCES");
  });
});

describe("the job folders in a folder", () => {
  it("are its folders, without links, plain files and ignored names", () => {
    fill(stage, { "job/": "", "other job/": "", ".hidden/": "", "x.part/": "", file: "" });
    fs.symlinkSync("job", path.join(stage, "link"));
    expect(listJobNames(stage).toSorted()).toEqual(["job", "other job"]);
  });

  it("are none where the folder is missing", () => {
    expect(listJobNames(path.join(stage, "nothing"))).toEqual([]);
  });
});

describe("the index of the names in a folder", () => {
  let index: NameIndex;

  beforeEach(() => {
    index = new NameIndex(stage);
  });

  let stamp = Date.parse("2026-01-01");

  /** Lets the folder's own time move on as it does when a moment has passed. */
  function momentLater(): void {
    stamp += 1000;
    fs.utimesSync(stage, stamp / 1000, stamp / 1000);
  }

  function readings(): () => number {
    const reading = vi.spyOn(fs, "readdirSync");
    return () => reading.mock.calls.length;
  }

  it("do not count a name that left within the same tick of the folder's clock", () => {
    fs.mkdirSync(path.join(stage, "gone"));
    momentLater();
    expect(index.has("gone")).toBe(true);
    fs.rmdirSync(path.join(stage, "gone"));
    fs.utimesSync(stage, stamp / 1000, stamp / 1000);
    expect(index.has("gone")).toBe(false);
  });

  it("knows every name, by what counts as the same", () => {
    fill(stage, { "Job/": "", "cafe\u0301/": "", "a file": "" });
    expect(index.has("job")).toBe(true);
    expect(index.has("caf\u00e9")).toBe(true);
    expect(index.has("a file")).toBe(true);
    expect(index.has("other")).toBe(false);
  });

  it("knows names that are not UTF-8", () => {
    fs.mkdirSync(latin1Path());
    expect(index.has("f\u00fcr")).toBe(true);
  });

  it("sees what comes and goes", () => {
    expect(index.has("job")).toBe(false);
    fs.mkdirSync(path.join(stage, "job"));
    momentLater();
    expect(index.has("job")).toBe(true);
    fs.rmdirSync(path.join(stage, "job"));
    momentLater();
    expect(index.has("job")).toBe(false);
  });

  it("is empty while the folder is missing, and sees it come back", () => {
    const aside = path.join(scratchFolder(), "aside");
    fill(stage, { "job/": "" });
    fs.renameSync(stage, aside);
    expect(index.has("job")).toBe(false);
    fs.renameSync(aside, stage);
    expect(index.has("job")).toBe(true);
  });

  it("reads the folder only when something has come or gone", () => {
    const read = readings();
    for (let time = 1; time <= 100; time += 1) index.has("job");
    expect(read()).toBe(1);
  });

  it("takes over what the manager moves in, without reading the folder again", () => {
    const queue = fill(scratchFolder(), { "Job/": "", "other/": "" });
    index.has("job");
    const read = readings();
    for (const name of ["Job", "other"]) {
      const moved = index.absorb(() => moveJob(path.join(queue, name), stage, name));
      expect(moved).toEqual({ kind: "moved", name });
    }
    expect([index.has("job"), index.has("other"), index.has("third")]).toEqual([true, true, false]);
    expect(read()).toBe(0);
  });

  it("takes over the name that a moved job has got", () => {
    const queue = fill(scratchFolder(), { "job/": "" });
    fill(stage, { "job/": "" });
    index.absorb(() => moveJob(path.join(queue, "job"), stage, "job"));
    expect(index.has("job-2")).toBe(true);
  });

  it("takes over nothing of a move that was refused", () => {
    index.absorb(() => ({ kind: "refused", why: "it has vanished" }));
    expect(index.has("job")).toBe(false);
  });
});
