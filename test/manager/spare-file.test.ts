import fs from "node:fs";
import path from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import { SpareFile } from "../../src/manager/publisher.ts";
import { namesIn, scratchFolder } from "../support/scratch.ts";

let file = "";

beforeEach(() => {
  file = path.join(scratchFolder(), "status.json");
});

/** The blocks that two names hold, by inode, so that a test can see that no new ones were asked for. */
function inodes(): number[] {
  return [file, `${file}.spare`].map((name) => fs.statSync(name).ino).sort((a, b) => a - b);
}

it("replaces the file by its spare again and again, and both keep their room", () => {
  fs.writeFileSync(file, '{"n":0}'.padEnd(1000));
  const spare = new SpareFile(file);
  spare.reserve(1000);
  const before = inodes();
  for (const n of [1, 2, 3]) {
    spare.replaceFile(JSON.stringify({ n }));
    expect(JSON.parse(fs.readFileSync(file, "utf8"))).toEqual({ n });
    expect(inodes()).toEqual(before);
  }
  expect(namesIn(path.dirname(file))).toEqual(["status.json", "status.json.spare"]);
  expect([fs.statSync(file).size, fs.statSync(`${file}.spare`).size].sort((a, b) => a - b)).toEqual([
    1000, 65_536,
  ]);
});

it("replaces the file where a second name takes an inode too, and none is free", () => {
  fs.writeFileSync(file, '{"n":0}'.padEnd(1000));
  const spare = new SpareFile(file);
  spare.reserve(1000);
  const before = inodes();
  vi.spyOn(fs, "linkSync").mockImplementation(() => {
    throw Object.assign(new Error("no inode"), { code: "ENOSPC" });
  });
  spare.replaceFile('{"n":1}');
  vi.restoreAllMocks();
  expect(JSON.parse(fs.readFileSync(file, "utf8"))).toEqual({ n: 1 });
  expect(inodes()).toEqual(before);
});

it("takes the place of a file that is not there", () => {
  const spare = new SpareFile(file);
  spare.reserve(10);
  spare.replaceFile("{}");
  expect(fs.readFileSync(file, "utf8").trim()).toBe("{}");
});

it("keeps room for a text that grows", () => {
  const spare = new SpareFile(file);
  spare.reserve(10);
  spare.reserve(100_000);
  expect(fs.statSync(`${file}.spare`).size).toBe(200_000);
});

it("cannot replace where no room was kept", () => {
  fs.writeFileSync(file, "old");
  expect(() => new SpareFile(file).replaceFile("new")).toThrow("ENOENT");
  expect(fs.readFileSync(file, "utf8")).toBe("old");
});
