import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { scratchFolder } from "../support/scratch.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

let clone: string;

beforeEach(() => {
  clone = scratchFolder();
  for (const name of [
    "dist",
    "src",
    "build.sh",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.lib.json",
  ])
    fs.cpSync(path.join(ROOT, name), path.join(clone, name), { recursive: true, preserveTimestamps: true });
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(clone, "node_modules"));
  expect(build()).toBe(0);
});

function build(): number | null {
  return spawnSync("sh", [path.join(clone, "build.sh")], { stdio: "ignore" }).status;
}

/** Time of the last build, as text. */
function builtAt(): string {
  return String(fs.statSync(path.join(clone, "dist/bin/qm.js"), { bigint: true }).mtimeNs);
}

test("a build tells its version and needs no package beside it", () => {
  fs.rmSync(path.join(clone, "node_modules"));
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(clone, "dist/bin/qm.js"), "--version"], {
    encoding: "utf8",
  });
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(clone, "node_modules"));
  expect([stderr, stdout]).toEqual(["", expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});

test("what is built already is not built again, until something changes", () => {
  const before = builtAt();
  expect(build()).toBe(0);
  expect(builtAt()).toBe(before);
  fs.appendFileSync(path.join(clone, "src/worker/process/shim.sh"), "# of another version\n");
  expect(build()).toBe(0);
  expect(builtAt()).not.toBe(before);
  expect(fs.readFileSync(path.join(clone, "dist/process/shim.sh"), "utf8")).toContain("# of another version");
});

test("a build that fails leaves the one before", () => {
  const before = builtAt();
  fs.appendFileSync(path.join(clone, "src/bin/qm.ts"), "(\n");
  expect(build()).not.toBe(0);
  expect(builtAt()).toBe(before);
});
