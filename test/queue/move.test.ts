import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Move, moveJob, renameJobStrictly, takeWriteRight } from "../../src/queue/move.ts";
import {
  asOrdinaryUser,
  fill,
  giveToOrdinaryUser,
  namesIn,
  otherFileSystemOrSkip,
  rootOrSkip,
  scratchFolder,
} from "../support/scratch.ts";

const ELSEWHERE = otherFileSystemOrSkip();
const VANISHED = { why: "it has vanished", code: "ENOENT" };
const DENIED = {
  why: "the manager may not move it (EACCES): its owner or the folder's permissions forbid it",
  code: "EACCES",
};

let from = "";
let to = "";
let job = "";

beforeEach(() => {
  const base = fill(scratchFolder(), { "from/job/run.sh": "echo hi\n", "to/": "" });
  from = path.join(base, "from");
  to = path.join(base, "to");
  job = path.join(from, "job");
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Place of the job with its content. */
function content(folder: string): string {
  return fs.readFileSync(path.join(folder, "run.sh"), "utf8");
}

describe.each([
  ["under a name that is free there", moveJob, ["sync to", "sync from"]],
  ["strictly under its own name", renameJobStrictly, []],
])("a job moved %s", (_, move: typeof renameJobStrictly, syncs: readonly string[]) => {
  it("lies there with all it holds, and no longer where it was", () => {
    expect(move(job, to, "job")).toEqual({ kind: "moved", name: "job" });
    expect(namesIn(from)).toEqual([]);
    expect(content(path.join(to, "job"))).toBe("echo hi\n");
  });

  it("survives a power cut there: both folders are synced after the rename, by whoever is to do it", () => {
    const calls: string[] = [];
    const { renameSync, fsyncSync } = fs;
    vi.spyOn(fs, "renameSync").mockImplementation((source, target) => {
      calls.push("rename");
      renameSync(source, target);
    });
    vi.spyOn(fs, "fsyncSync").mockImplementation((handle) => {
      calls.push(`sync ${path.basename(fs.readlinkSync(`/proc/self/fd/${handle}`))}`);
      fsyncSync(handle);
    });
    move(job, to, "job");
    expect(calls).toEqual(["rename", ...syncs]);
  });

  it("has moved though the sync fails: it lies there, and whoever asked must know", () => {
    vi.spyOn(fs, "fsyncSync").mockImplementation(() => {
      throw Object.assign(new Error("not supported"), { code: "EINVAL" });
    });
    expect(move(job, to, "job")).toEqual({ kind: "moved", name: "job" });
  });

  it("may have the longest name there is", () => {
    const name = "é".repeat(127);
    fs.renameSync(job, path.join(from, name));
    expect(move(path.join(from, name), to, name)).toEqual({ kind: "moved", name });
  });

  it("is moved though it was made read-only by its owner", () => {
    fs.chmodSync(job, 0o555);
    giveToOrdinaryUser(from, to, job);
    expect(asOrdinaryUser(() => move(job, to, "job")).kind).toBe("moved");
  });

  it.each<[string, () => void, { readonly why: string; readonly code: string }]>([
    ["it has vanished", () => fs.rmSync(job, { recursive: true }), VANISHED],
    ["the folder it should go to has vanished", () => fs.rmdirSync(to), VANISHED],
    ["it may not be put there", () => fs.chmodSync(to, 0o555), DENIED],
    ["it may not be taken away", () => fs.chmodSync(from, 0o555), DENIED],
  ])("stays, with the reason, where %s", (_why, make, reason) => {
    giveToOrdinaryUser(from, to, job);
    make();
    expect(asOrdinaryUser(() => move(job, to, "job"))).toEqual({ kind: "refused", ...reason });
  });

  it.each([
    ["ENOSPC", "the disk is full (ENOSPC)"],
    ["EDQUOT", "the disk is full (EDQUOT)"],
    ["EPERM", "the manager may not move it (EPERM): its owner or the folder's permissions forbid it"],
    ["EBUSY", "it is in use (EBUSY): a file system may be mounted on it"],
    ["EIO", "it cannot be moved (EIO)"],
  ])("stays, with the reason, where the system says %s", (code, why) => {
    vi.spyOn(fs, "renameSync").mockImplementation(() => {
      throw Object.assign(new Error(code), { code });
    });
    expect(move(job, to, "job")).toEqual({ kind: "refused", why, code });
    expect(content(job)).toBe("echo hi\n");
  });

  it.runIf(ELSEWHERE !== undefined)("stays where the other folder is on another file system", () => {
    expect(move(job, scratchFolder(ELSEWHERE), "job")).toEqual({
      kind: "refused",
      why: "it lies on another file system than the other folders (EXDEV)",
      code: "EXDEV",
    });
    expect(content(job)).toBe("echo hi\n");
  });

  it.runIf(rootOrSkip())("stays where it belongs to another user, who keeps it to himself", () => {
    giveToOrdinaryUser(from, to);
    fs.chmodSync(job, 0o755);
    expect(asOrdinaryUser(() => move(job, to, "job"))).toMatchObject({ kind: "refused" });
    expect(content(job)).toBe("echo hi\n");
  });
});

describe("a job whose name is taken where it goes", () => {
  const taken: [string, (target: string) => void][] = [
    ["an empty folder, which a rename would replace without a word", (target) => fs.mkdirSync(target)],
    ["a folder with content", (target) => fill(target, { "run.sh": "mine\n" })],
    ["a file", (target) => fs.writeFileSync(target, "mine")],
    ["a link that leads nowhere", (target) => fs.symlinkSync("nowhere", target)],
  ];

  it.each(taken)("gets the next number beside %s", (_, make) => {
    make(path.join(to, "job"));
    make(path.join(to, "job-2"));
    const before = fs.lstatSync(path.join(to, "job")).ino;
    expect(moveJob(job, to, "job")).toEqual({ kind: "moved", name: "job-3" });
    expect(content(path.join(to, "job-3"))).toBe("echo hi\n");
    expect(fs.lstatSync(path.join(to, "job")).ino).toBe(before);
  });

  it.each(taken)("stays beside %s where it has to keep its name", (_, make) => {
    make(path.join(to, "job"));
    expect(renameJobStrictly(job, to, "job")).toEqual({
      kind: "refused",
      why: "something of its name lies in to",
    });
    expect(content(job)).toBe("echo hi\n");
  });

  it("is cut to make room for its number", () => {
    const name = "x".repeat(255);
    fs.renameSync(job, path.join(from, name));
    fs.mkdirSync(path.join(to, name));
    expect(moveJob(path.join(from, name), to, name)).toEqual({ kind: "moved", name: `${"x".repeat(253)}-2` });
  });

  describe("by a folder that comes just before the rename", () => {
    beforeEach(() => {
      const { renameSync } = fs;
      vi.spyOn(fs, "renameSync").mockImplementationOnce((source, target) => {
        fill(String(target), { "run.sh": "mine\n" });
        renameSync(source, target);
      });
    });

    it("gets the next number", () => {
      expect(moveJob(job, to, "job")).toEqual({ kind: "moved", name: "job-2" });
      expect(content(path.join(to, "job"))).toBe("mine\n");
    });

    it("stays where it has to keep its name", () => {
      expect(renameJobStrictly(job, to, "job").kind).toBe("refused");
      expect(content(path.join(to, "job"))).toBe("mine\n");
      expect(content(job)).toBe("echo hi\n");
    });
  });
});

it("moves a folder whose name is not UTF-8 to a name that is", () => {
  const raw = Buffer.concat([Buffer.from(`${from}/f`), Buffer.from([0xfc]), Buffer.from("r")]);
  fs.renameSync(job, raw);
  const moved: Move = moveJob(raw, to, "für");
  expect(moved).toEqual({ kind: "moved", name: "für" });
  expect(content(path.join(to, "für"))).toBe("echo hi\n");
});

describe("the right to write into a job's folder", () => {
  it.each([0o000, 0o500, 0o555, 0o2511])("is taken by its owner: %o", (mode) => {
    fs.chmodSync(job, mode);
    takeWriteRight(job);
    expect(fs.statSync(job).mode & 0o7777).toBe(mode | 0o700);
  });

  it("changes nothing where the owner has it", () => {
    const chmod = vi.spyOn(fs, "chmodSync");
    takeWriteRight(job);
    expect(chmod).not.toHaveBeenCalled();
  });

  it.runIf(rootOrSkip())("is not tried for a folder of somebody else", () => {
    fs.chmodSync(job, 0o555);
    expect(() => asOrdinaryUser(() => takeWriteRight(job))).not.toThrow();
    expect(fs.statSync(job).mode & 0o777).toBe(0o555);
  });
});
