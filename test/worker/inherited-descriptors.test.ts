import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inheritedDescriptors, withhold } from "../../src/worker/inherited-descriptors.ts";
import { toolOrSkip } from "../support/tools.ts";

const LIST = ["/bin/sh", "-c", "readlink /proc/self/fd/30 /proc/self/fd/70"];

describe("descriptors that a process was started with", () => {
  let folder: string;
  let secret: number;
  let instead: number;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "qm-inherited-"));
    secret = fs.openSync(path.join(folder, "secret"), "w");
    instead = fs.openSync(path.join(folder, "instead"), "w");
  });

  afterEach(() => {
    for (const handle of [secret, instead]) fs.closeSync(handle);
    fs.rmSync(folder, { recursive: true });
  });

  // A child that has the secret under two numbers starts the list, as a manager starts a job.
  function listed(searchPath?: string): string {
    const { prefix, stdio } = withhold([30, 70], 5, searchPath);
    const given = [...Array(30).fill("ignore"), secret, ...Array(39).fill("ignore"), secret];
    given.splice(0, 6, "ignore", "pipe", "pipe", "ignore", "ignore", instead);
    const command = JSON.stringify([...prefix, ...LIST]);
    const script = `const [program, ...args] = ${command};
      require("node:child_process").spawnSync(program, args, { stdio: ["ignore", 1, 2, ...${JSON.stringify(stdio)}] });`;
    return spawnSync(process.execPath, ["-e", script], { stdio: given, encoding: "utf8" }).stdout;
  }

  it.runIf(toolOrSkip("bash"))("are closed in a child by bash", () => {
    expect(listed()).toBe("");
  });

  it("are something else in a child where there is no bash", () => {
    const file = path.join(folder, "instead");
    expect(listed("/nowhere")).toBe(`${file}\n${file}\n`);
  });

  it("are none of those that this process opens itself", () => {
    expect(inheritedDescriptors()).not.toContain(secret);
    expect(withhold([], instead)).toEqual({ prefix: [], stdio: [] });
  });
});
