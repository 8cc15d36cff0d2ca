import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FileBatch } from "../../src/disk/file-batch.ts";
import { namesIn, scratchFolder } from "../support/scratch.ts";

let folder = "";
let batch = new FileBatch();

beforeEach(() => {
  folder = scratchFolder();
  batch = new FileBatch();
});

afterEach(() => vi.restoreAllMocks());

const at = (name: string) => path.join(folder, name);
const read = (name: string) => fs.readFileSync(at(name), "utf8");

describe("files that become durable together", () => {
  it.each(["commit", "commitNow"] as const)(
    "are in their places after %s, and nothing beside them",
    async (how) => {
      fs.writeFileSync(at("old"), "before");
      batch.replace(at("old"), "after");
      batch.create(at("new"), "letter", 0o600);
      expect([read("old"), read("new")]).toEqual(["before", "letter"]);
      await batch[how]();
      batch[Symbol.dispose]();
      expect([read("old"), read("new")]).toEqual(["after", "letter"]);
      expect(namesIn(folder)).toEqual(["new", "old"]);
      expect(fs.statSync(at("new")).mode & 0o777).toBe(0o600);
    },
  );

  it("replace what a crash has left of an earlier try", async () => {
    fs.writeFileSync(at(`.old.${process.pid}@${os.hostname()}.tmp`), "torn");
    batch.replace(at("old"), "after");
    await batch.commit();
    batch[Symbol.dispose]();
    expect(namesIn(folder)).toEqual(["old"]);
  });

  it("are none of them there when they are given up", () => {
    fs.writeFileSync(at("old"), "before");
    batch.replace(at("old"), "after");
    batch[Symbol.dispose]();
    expect(read("old")).toBe("before");
    expect(namesIn(folder)).toEqual(["old"]);
  });

  it("leave nothing behind where one cannot be written", () => {
    expect(() => batch.replace(at("missing/file"), "text")).toThrow("ENOENT");
    batch[Symbol.dispose]();
    expect(namesIn(folder)).toEqual([]);
  });

  it("leave everything as it was where one cannot be synced", async () => {
    fs.writeFileSync(at("old"), "before");
    const fsync = (_handle: number, done: fs.NoParamCallback) => done(new Error("EIO"));
    vi.spyOn(fs, "fsync").mockImplementation(Object.assign(fsync, { __promisify__: fs.fsync.__promisify__ }));
    batch.replace(at("old"), "after");
    batch.create(at("new"), "letter", 0o600);
    await expect(batch.commit()).rejects.toThrow("EIO");
    batch[Symbol.dispose]();
    expect(namesIn(folder)).toEqual(["old"]);
    expect(read("old")).toBe("before");
  });
});
