import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { closeInheritedDescriptors } from "../../../src/worker/process/inherited-descriptors.ts";

const FILE = path.join(import.meta.dirname, "../../../src/worker/process/inherited-descriptors.ts");

describe("the descriptors that a process was started with", () => {
  it("are closed, whatever their number", () => {
    const script = `import { closeInheritedDescriptors } from ${JSON.stringify(FILE)};
      import { spawnSync } from "node:child_process";
      const list = () => spawnSync("readlink", ["/proc/self/fd/30", "/proc/self/fd/70"], { encoding: "utf8" }).stdout;
      console.log(JSON.stringify([list(), (closeInheritedDescriptors(), list())]));`;
    const secret = fs.openSync("/dev/zero", "r");
    const stdio = Array.from({ length: 71 }, (_, at) =>
      [30, 70].includes(at) ? secret : at === 1 ? "pipe" : "ignore",
    );
    const { stdout } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      stdio,
      encoding: "utf8",
    });
    fs.closeSync(secret);
    expect(JSON.parse(stdout)).toEqual(["/dev/zero\n/dev/zero\n", ""]);
  });

  it("are none of those that this process opens itself", () => {
    const own = fs.openSync(path.join(os.tmpdir()), "r");
    closeInheritedDescriptors();
    expect(fs.fstatSync(own).isDirectory()).toBe(true);
    fs.closeSync(own);
  });
});
