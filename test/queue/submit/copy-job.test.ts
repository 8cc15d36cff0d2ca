import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { copyJob, uncopyable } from "../../../src/queue/submit/copy-job.ts";
import { asOrdinaryUser, fill, scratchFolder } from "../../support/scratch.ts";
import { until } from "../../support/until.ts";

const MEGABYTE = 1024 * 1024;
const NEVER = new AbortController().signal;

let from = "";
let to = "";

beforeEach(() => {
  from = fill(scratchFolder(), { "proc_config.cfg": "[QMOptions]\nscript : true\n" });
  to = path.join(scratchFolder(), "copy");
});

function writeLarge(bytes: number, text: string, at: number): void {
  const handle = fs.openSync(path.join(from, "large"), "w", 0o640);
  fs.ftruncateSync(handle, bytes);
  fs.writeSync(handle, text, at);
  fs.closeSync(handle);
}

describe("what cannot be copied", () => {
  it("is all named before anything is copied: unreadable files too", () => {
    fill(from, { "a/secret": "x", "hidden/x": "x", "open.txt": "x" });
    fs.chmodSync(path.join(from, "a/secret"), 0);
    fs.chmodSync(path.join(from, "hidden"), 0);
    const right = "make it readable, or take it out of the folder";
    expect(
      asOrdinaryUser(() => uncopyable(from)).sort((one, other) => (one.file < other.file ? -1 : 1)),
    ).toEqual([
      { file: "a/secret", wrong: "cannot be read", right },
      { file: "hidden", wrong: "cannot be read", right },
    ]);
  });
});

describe("copying a job's folder", () => {
  it("copies a large file byte by byte, and leaves its holes unwritten", async () => {
    writeLarge(64 * MEGABYTE + 5, "in the middle", 33 * MEGABYTE - 3);
    await copyJob(from, to, NEVER);
    const [original, copy] = [path.join(from, "large"), path.join(to, "large")];
    expect(fs.readFileSync(copy).equals(fs.readFileSync(original))).toBe(true);
    const { blocks, mode } = fs.statSync(copy);
    expect(blocks * 512).toBeLessThan(8 * MEGABYTE);
    expect(mode & 0o777).toBe(0o640);
  });

  it("copies a large file without holes", async () => {
    fs.writeFileSync(path.join(from, "large"), Buffer.alloc(17 * MEGABYTE, "abc"));
    await copyJob(from, to, NEVER);
    expect(fs.readFileSync(path.join(to, "large")).equals(Buffer.alloc(17 * MEGABYTE, "abc"))).toBe(true);
  });

  it("can be interrupted within one large file", async () => {
    writeLarge(8192 * MEGABYTE, "x", 0);
    const controller = new AbortController();
    const copying = copyJob(from, to, controller.signal).catch((error: unknown) => error);
    const copy = path.join(to, "large");
    await until("the beginning of the copy", () => fs.statSync(copy, { throwIfNoEntry: false })?.size);
    controller.abort();
    expect(await copying).toMatchObject({ code: "interrupted" });
    expect(fs.statSync(copy).size).toBeLessThan(8192 * MEGABYTE);
  });
});
