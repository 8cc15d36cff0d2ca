import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { lookNow, refreshNames, SHARED_DEVICES } from "../../src/disk/fresh-look.ts";
import { walkTree } from "../../src/disk/tree.ts";
import { mountBlindly } from "../support/blind-mount.ts";
import { scratchFolder } from "../support/scratch.ts";

function grown(): { folder: string; file: string } {
  const folder = scratchFolder();
  const file = path.join(folder, "data");
  fs.writeFileSync(file, "1234");
  mountBlindly(folder);
  fs.lstatSync(file);
  fs.appendFileSync(file, "5678");
  return { folder, file };
}

describe("on a network mount", () => {
  it("a file that grows is seen as it is, and so in a walk", () => {
    const { folder, file } = grown();
    expect(fs.lstatSync(file).size).toBe(4);
    expect(lookNow(file)?.size).toBe(8);
    expect([...walkTree(folder)]).toMatchObject([{ type: "file", bytes: 8 }]);
  });

  it("a name that was missing is there once its folder has been refreshed", () => {
    const { folder } = grown();
    const request = path.join(folder, "stop");
    expect(fs.lstatSync(request, { throwIfNoEntry: false })).toBeUndefined();
    fs.writeFileSync(request, "");
    expect(fs.lstatSync(request, { throwIfNoEntry: false })).toBeUndefined();
    refreshNames(folder);
    expect(fs.lstatSync(request, { throwIfNoEntry: false })).toBeDefined();
  });

  it("a file that is gone is gone, though its path still shows it", () => {
    const { file } = grown();
    fs.rmSync(file);
    expect(lookNow(file)).toBeUndefined();
  });

  it.each(["EACCES", "EBUSY"])("a file that may not be opened (%s) is seen by its path", (code) => {
    const { file } = grown();
    vi.spyOn(fs, "openSync").mockImplementation(() => {
      throw Object.assign(new Error(code), { code });
    });
    expect(lookNow(file)?.size).toBe(4);
  });

  it("a stale handle is trouble, not absence", () => {
    const { file } = grown();
    vi.spyOn(fs, "openSync").mockImplementation(() => {
      throw Object.assign(new Error("stale"), { code: "Unknown system error -116", errno: -116 });
    });
    expect(() => lookNow(file)).toThrow("stale");
  });

  it("a link is never followed", () => {
    const { folder } = grown();
    const link = path.join(folder, "link");
    fs.symlinkSync("data", link);
    expect(lookNow(link)?.isSymbolicLink()).toBe(true);
  });
});

it("on a disk of this machine nothing is opened", () => {
  const file = path.join(scratchFolder(), "data");
  fs.writeFileSync(file, "");
  SHARED_DEVICES.delete(fs.statSync(file).dev);
  const open = vi.spyOn(fs, "openSync");
  expect(lookNow(file)?.size).toBe(0);
  expect(open).not.toHaveBeenCalled();
  open.mockRestore();
});
