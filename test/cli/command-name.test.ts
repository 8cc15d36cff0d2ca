import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BUILT, Scratch } from "./cli-fixture.ts";

const ROOT = path.resolve(path.dirname(BUILT), "../..");

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => await scratch.close());

/** The command that `qm init` names as the next one. */
async function nextCommand(around: Parameters<Scratch["run"]>[1]): Promise<string | undefined> {
  const { err } = await scratch.run(["init", path.join(scratch.base, "queue")], around);
  return /next: `(.*) start/.exec(err)?.[1];
}

describe("the command that messages name", () => {
  it("is the program's own path where no `qm` leads to it", async () => {
    expect(await nextCommand({ env: { PATH: "/nowhere" } })).toBe(BUILT);
  });

  it("is `qm` where that is this very program, and not where it is another one", async () => {
    const env = { PATH: `/nowhere:${path.join(scratch.base, "bin")}` };
    const other = scratch.write("bin/qm", "#!/bin/sh\n", 0o755);
    expect(await nextCommand({ env })).toBe(BUILT);
    fs.rmSync(other);
    fs.symlinkSync(BUILT, other);
    expect(await nextCommand({ env })).toBe("qm");
  });

  it("is `npx qm` in the program's own folder", async () => {
    expect(await nextCommand({ env: { PATH: "/nowhere" }, cwd: ROOT })).toBe("npx qm");
  });
});
