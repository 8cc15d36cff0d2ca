import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firstWordOf, resolveCommand } from "../../../src/worker/process/command.ts";
import { toolOrSkip } from "../../support/tools.ts";

let root: string;
let folder: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "qm-command-"));
  folder = path.join(root, "job");
  fs.mkdirSync(path.join(folder, "bin"), { recursive: true });
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function file(name: string, text: string, mode = 0o644): void {
  fs.writeFileSync(path.join(folder, name), text);
  fs.chmodSync(path.join(folder, name), mode);
}

function resolve(script: string, searchPath = "/usr/bin:/bin"): string {
  return resolveCommand(script, folder, searchPath);
}

describe("a file of the folder that is not executable", () => {
  it.each([
    ["#!/bin/sh\n", "/bin/sh ./run.x"],
    ["#!/bin/sh", "/bin/sh ./run.x"],
    ["#! /bin/bash -e \necho", "/bin/bash -e ./run.x"],
    ["#!/usr/bin/env python3\nprint()", "/usr/bin/env python3 ./run.x"],
    ["#!/usr/bin/env python3\r\nprint()\r\n", "/usr/bin/env python3 ./run.x"],
    ["#!/usr/bin/env -S python3 -u\n", "/usr/bin/env '-S python3 -u' ./run.x"],
    ["#!/opt/it's/perl\n", "'/opt/it'\\''s/perl' ./run.x"],
    ["#!/opt/größe/perl\n", "'/opt/größe/perl' ./run.x"],
  ])("is run by its line %j", (head, expected) => {
    file("run.x", head);
    expect(resolve("run.x")).toBe(expected);
  });

  it.each([
    ["sh", "sh"],
    ["py", "python3"],
    ["R", "Rscript"],
    ["r", "Rscript"],
    ["pl", "perl"],
    ["js", "node"],
    ["jl", "julia"],
  ])("is run by its ending .%s", (ending, interpreter) => {
    file(`run.${ending}`, "1\n");
    expect(resolve(`run.${ending} a "b c"`)).toBe(`${interpreter} ./run.${ending} a "b c"`);
  });

  it.each([
    ["./run.sh -v", "sh ./run.sh -v"],
    ["  run.sh", "  sh ./run.sh"],
    ["'run.sh' x", "sh ./'run.sh' x"],
    ['"run.sh"|tee log', 'sh ./"run.sh"|tee log'],
    ["'./run.sh'", "sh './run.sh'"],
    ["run.sh&&echo", "sh ./run.sh&&echo"],
    ["run.sh;true", "sh ./run.sh;true"],
    ["run.sh>out", "sh ./run.sh>out"],
    ["run.sh\nsecond", "sh ./run.sh\nsecond"],
    ["bin/../run.sh", "sh bin/../run.sh"],
  ])("is recognised in %j", (script, expected) => {
    file("run.sh", "true\n");
    expect(resolve(script)).toBe(expected);
  });

  it.each([
    'run".sh"',
    "$X/run.sh",
    "~/run.sh",
    "X=1 run.sh",
    "run*.sh",
    "`run.sh`",
    "(run.sh)",
    "run.sh() { :; }",
    "! run.sh",
    "# run.sh",
    "run\\.sh",
    '"$PWD/run.sh"',
    "2>run.sh true",
    "",
    "   ",
  ])("is left alone in %j", (script) => {
    file("run.sh", "true\n");
    file("2", "#!/bin/sh\n");
    expect(resolve(script)).toBe(script);
  });

  it("is left alone when nothing tells how to run it, or its first line is longer than Linux reads", () => {
    file("data", "1 2 3\n");
    file("long", `#!/bin/${"x".repeat(300)}\n`);
    expect([resolve("./data"), resolve("./long")]).toEqual(["./data", "./long"]);
  });

  it("is left alone when a program or the shell has that name", () => {
    for (const name of ["ls", "cd", "if", "export"]) file(name, "#!/bin/sh\n");
    for (const script of ["ls -l", "cd x", "if true; then :; fi", "export A=1"])
      expect(resolve(script)).toBe(script);
    expect(resolve("./ls -l")).toBe("/bin/sh ./ls -l");
  });
});

describe("an executable file of the folder", () => {
  it("gets ./ when no program has that name", () => {
    file("solver", "#!/bin/sh\n", 0o755);
    file("ls", "#!/bin/sh\n", 0o755);
    expect([resolve("solver 1"), resolve("./solver 1"), resolve("ls")]).toEqual([
      "./solver 1",
      "./solver 1",
      "ls",
    ]);
  });

  it("is run by its ending when it has no #! line, as on mounts where every file is executable", () => {
    file("run.py", "print(1)\n", 0o755);
    file("tool", "echo 1\n", 0o755);
    file("odd.js", "\x7fELF", 0o755);
    expect(["run.py", "tool", "odd.js"].map((script) => resolve(script))).toEqual([
      "python3 ./run.py",
      "./tool",
      "./odd.js",
    ]);
  });

  it("is run by its #! line when that ends in CRLF, which Linux cannot run", () => {
    file("run.py", "#!/usr/bin/python3\r\nprint(1)\r\n", 0o755);
    expect(resolve("run.py")).toBe("/usr/bin/python3 ./run.py");
  });
});

describe("what is no regular file inside the folder", () => {
  it("is left alone", () => {
    fs.writeFileSync(path.join(root, "outside.sh"), "true\n");
    fs.symlinkSync("../outside.sh", path.join(folder, "link.sh"));
    fs.symlinkSync("..", path.join(folder, "up"));
    spawnSync("mkfifo", [path.join(folder, "fifo.sh")]);
    fs.mkdirSync(path.join(folder, "folder.sh"));
    for (const script of ["link.sh", "up/outside.sh", "../outside.sh", "fifo.sh", "folder.sh", "gone.sh"]) {
      expect(resolve(script)).toBe(script);
    }
    expect(resolve(path.join(root, "outside.sh"))).toBe(path.join(root, "outside.sh"));
  });

  it("but a link to another file of the folder counts as that file", () => {
    file("bin/real.py", "print(1)\n");
    fs.symlinkSync("bin/real.py", path.join(folder, "run"));
    expect(resolve("run")).toBe("python3 ./run");
  });
});

it.runIf(toolOrSkip("python3"))("the resolved command does what the script meant", () => {
  file("it's a run.py", "import sys\nprint(sys.argv)\n");
  const run = (script: string): string =>
    String(spawnSync("/bin/sh", ["-c", "--", resolve(script)], { cwd: folder }).stdout);
  expect(run(`"it's a run.py" 'a b' $((1+1)) | cat`)).toBe(`["./it's a run.py", 'a b', '2']\n`);
});

describe("firstWordOf", () => {
  it("agrees with the shell on every word it takes", () => {
    const piece = fc.constantFrom(
      "a",
      ".",
      "/",
      " ",
      "'",
      '"',
      "$",
      "\\",
      ";",
      "|",
      ">",
      "~",
      "=",
      "#",
      "-",
      "\n",
      "*",
      "2",
      "é",
    );
    fc.assert(
      fc.property(fc.string({ unit: piece, minLength: 1, maxLength: 8 }), (script) => {
        const word = firstWordOf(script);
        if (word === undefined) return;
        expect(`${word.before}${word.written}${word.after}`).toBe(script);
        const { stdout } = spawnSync("/bin/sh", ["-c", `printf '%s\\n' ${word.written}x`], { cwd: folder });
        expect(String(stdout)).toBe(`${word.name}x\n`);
      }),
      { numRuns: 150 },
    );
  });
});
