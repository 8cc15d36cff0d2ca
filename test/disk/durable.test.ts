import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { syncFolder, writeFileAtomically, writeFileDurably } from "../../src/disk/durable.ts";
import { syncAll } from "../../src/disk/file-batch.ts";
import { namesIn, scratchFolder } from "../support/scratch.ts";

let folder = "";
let file = "";

beforeEach(() => {
  folder = scratchFolder();
  file = path.join(folder, "record.json");
});

afterEach(() => {
  vi.restoreAllMocks();
});

function failOnce(name: "writeSync" | "fsyncSync" | "renameSync"): void {
  vi.spyOn(fs, name).mockImplementationOnce(() => {
    throw Object.assign(new Error("no space"), { code: "ENOSPC" });
  });
}

/** Names of the calls that decide what a power cut leaves, in their order. */
function recordCalls(): string[] {
  const calls: string[] = [];
  const { writeSync, fsyncSync, renameSync } = fs;
  vi.spyOn(fs, "writeSync").mockImplementation(((...given: Parameters<typeof writeSync>) => {
    calls.push("write");
    return writeSync(...given);
  }) as typeof writeSync);
  vi.spyOn(fs, "fsyncSync").mockImplementation((handle) => {
    calls.push(fs.fstatSync(handle).isDirectory() ? "sync folder" : "sync file");
    fsyncSync(handle);
  });
  vi.spyOn(fs, "renameSync").mockImplementation((from, to) => {
    calls.push("rename");
    renameSync(from, to);
  });
  return calls;
}

describe.each([
  ["durably", writeFileDurably],
  ["atomically", writeFileAtomically],
])("a file written %s", (_, write) => {
  it("holds the text, and nothing else is left in its folder", () => {
    write(file, "café\n");
    expect(fs.readFileSync(file, "utf8")).toBe("café\n");
    expect(namesIn(folder)).toEqual(["record.json"]);
  });

  it("takes the place of the old one", () => {
    write(file, "a long old text");
    write(file, "new");
    expect(fs.readFileSync(file, "utf8")).toBe("new");
  });

  it("may be empty", () => {
    write(file, "");
    expect(fs.readFileSync(file, "utf8")).toBe("");
  });

  it("has the mode asked for, from the start", () => {
    write(file, "secret", 0o600);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it("takes the place of a link, and leaves alone what the link led to", () => {
    const elsewhere = path.join(folder, "elsewhere");
    fs.writeFileSync(elsewhere, "mine");
    fs.symlinkSync(elsewhere, file);
    write(file, "new");
    expect(fs.readFileSync(elsewhere, "utf8")).toBe("mine");
    expect(fs.lstatSync(file).isFile()).toBe(true);
  });

  it("goes on where an earlier try was cut off, through no link that lies in its way", () => {
    const elsewhere = path.join(folder, "elsewhere");
    fs.writeFileSync(elsewhere, "mine");
    fs.symlinkSync(elsewhere, path.join(folder, `.record.json.${process.pid}@${os.hostname()}.tmp`));
    write(file, "new");
    expect(fs.readFileSync(elsewhere, "utf8")).toBe("mine");
    expect(fs.readFileSync(file, "utf8")).toBe("new");
  });

  it.each(["writeSync", "renameSync"] as const)("keeps the old content when %s fails", (call) => {
    fs.writeFileSync(file, "old");
    failOnce(call);
    expect(() => write(file, "new")).toThrow("no space");
    expect(fs.readFileSync(file, "utf8")).toBe("old");
    expect(namesIn(folder)).toEqual(["record.json"]);
  });

  it("is written whole though each write takes only a few bytes", () => {
    const { writeSync } = fs;
    vi.spyOn(fs, "writeSync").mockImplementation(((handle: number, bytes: Buffer, offset: number) =>
      writeSync(handle, bytes, offset, Math.min(3, bytes.length - offset))) as typeof writeSync);
    write(file, "a text of some length, with é");
    expect(fs.readFileSync(file, "utf8")).toBe("a text of some length, with é");
  });

  it("throws what the file system says where its folder is missing", () => {
    expect(() => write(path.join(folder, "missing", "file"), "x")).toThrow("ENOENT");
  });
});

describe("what a power cut leaves", () => {
  it("is the old content or the new: synced before the rename, the folder after it", () => {
    const calls = recordCalls();
    writeFileDurably(file, "new");
    expect(calls).toEqual(["write", "sync file", "rename", "sync folder"]);
  });

  it("is the old content when the sync fails", () => {
    fs.writeFileSync(file, "old");
    failOnce("fsyncSync");
    expect(() => writeFileDurably(file, "new")).toThrow("no space");
    expect(fs.readFileSync(file, "utf8")).toBe("old");
  });

  it("does not matter where only readers must see no half of a file", () => {
    const calls = recordCalls();
    writeFileAtomically(file, "new");
    expect(calls).toEqual(["write", "rename"]);
  });
});

describe("syncing a folder", () => {
  it("works on any folder", () => expect(() => syncFolder(folder)).not.toThrow());

  it("passes over that a file system syncs no folders (as procfs)", async () => {
    expect(() => syncFolder("/proc")).not.toThrow();
    await expect(syncAll(["/proc", folder])).resolves.toBeUndefined();
  });

  it("throws where there is none, or a file", () => {
    expect(() => syncFolder(path.join(folder, "missing"))).toThrow("ENOENT");
    fs.writeFileSync(file, "");
    expect(() => syncFolder(file)).toThrow("ENOTDIR");
  });
});
