import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DurableLines } from "../../src/disk/durable.ts";
import { scratchFolder } from "../support/scratch.ts";

let file = "";
let lines = new DurableLines(file);

beforeEach(() => {
  file = path.join(scratchFolder(), "lines");
  lines = new DurableLines(file);
});

afterEach(() => vi.restoreAllMocks());

const read = () => fs.readFileSync(file, "utf8");

/** Content of the file at each sync from now on. */
function recordSyncs(): string[] {
  const { fsync } = fs;
  const synced: string[] = [];
  vi.spyOn(fs, "fsync").mockImplementation((handle, done) => {
    synced.push(read());
    fsync(handle, done);
  });
  return synced;
}

const NO_SPACE = Object.assign(new Error("no space"), { code: "ENOSPC" });

describe("a line appended", () => {
  it("makes the file, and each one comes after the others", async () => {
    await lines.append("one");
    await lines.append("zwö");
    expect(read()).toBe("one\nzwö\n");
  });

  it("is on the disk when the append has come back", async () => {
    const synced = recordSyncs();
    await lines.append("one");
    expect(synced).toEqual(["one\n"]);
  });

  it("stays alone where a crash has torn the line before", async () => {
    fs.writeFileSync(file, 'whole\n{"to');
    await lines.append("new");
    expect(read()).toBe('whole\n{"to\nnew\n');
  });

  it("stays alone where its own first try was torn by a full disk", async () => {
    const { writeSync } = fs;
    vi.spyOn(fs, "writeSync")
      .mockImplementationOnce(((handle: number, bytes: Buffer) =>
        writeSync(handle, bytes, 0, 2)) as typeof writeSync)
      .mockImplementationOnce(() => {
        throw NO_SPACE;
      });
    await expect(lines.append("line")).rejects.toThrow("no space");
    await lines.append("line");
    expect(read()).toBe("li\nline\n");
  });
});

describe("lines that come together", () => {
  it("share a sync; those that come meanwhile share the next, and none is synced before it is written", async () => {
    const synced = recordSyncs();
    const first = lines.append("a").then(() => expect(synced[0]).toBe("a\n"));
    await Promise.resolve();
    const later = ["b", "c", "d"].map((line) =>
      lines.append(line).then(() => expect(synced[1]).toBe("a\nb\nc\nd\n")),
    );
    await Promise.all([first, ...later]);
    expect(synced).toHaveLength(2);
  });

  it("are all told of a failure, which is not one of the next", async () => {
    vi.spyOn(fs, "fsync").mockImplementationOnce((_, done) => done(NO_SPACE));
    const failing = [lines.append("a"), lines.append("b")];
    const failed = await Promise.allSettled(failing);
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await lines.append("c");
    expect(read()).toBe("a\nb\nc\n");
  });
});

describe("a file that is deleted", () => {
  it("may be prepared anew right before it is written to", async () => {
    const prepared = new DurableLines(file, () => {
      if (!fs.existsSync(file)) fs.writeFileSync(file, "what was there before\n");
    });
    await prepared.append("one");
    fs.rmSync(file);
    await prepared.append("two");
    expect(read()).toBe("what was there before\ntwo\n");
  });

  it("does not take a line along unnoticed", async () => {
    const { fsync } = fs;
    vi.spyOn(fs, "fsync").mockImplementationOnce((handle, done) => {
      fs.rmSync(file);
      fsync(handle, done);
    });
    await expect(lines.append("one")).rejects.toThrow("was deleted while it was written to");
    await lines.append("one");
    expect(read()).toBe("one\n");
  });
});
