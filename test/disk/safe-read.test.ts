import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readFresh, readRegularFile, typeName } from "../../src/disk/safe-read.ts";
import { asOrdinaryUser, makeFifo, scratchFolder, withSocket } from "../support/scratch.ts";

const LIMIT = 100;

let folder = "";
let file = "";

beforeEach(() => {
  folder = scratchFolder();
  file = path.join(folder, "file");
});

afterEach(() => {
  vi.restoreAllMocks();
});

function refusal(target = file): string {
  const read = readRegularFile(target, LIMIT);
  return read.kind === "refused" ? read.why : `not refused: ${read.kind}`;
}

/** Swaps what lies at the path once it has been looked at and before it is opened. */
function swapBeforeOpen(swap: () => void): void {
  const { openSync } = fs;
  vi.spyOn(fs, "openSync").mockImplementationOnce((target, flags, mode) => {
    swap();
    return openSync(target, flags, mode);
  });
}

const RESCUE_SECONDS = 5;

/** Opens a FIFO after a while, so that a reader that waits for it is slow and does not hang for ever. */
function openLater(fifo: string): ChildProcess {
  const open = `setTimeout(() => require("node:fs").openSync(process.argv[1], "r+"), ${RESCUE_SECONDS * 1000})`;
  return spawn(process.execPath, ["-e", open, fifo], { stdio: "ignore" });
}

describe("a stranger's file", () => {
  it("is read whole, as bytes", () => {
    const bytes = Buffer.from([0, 0xff, 0x0a, 0xc3]);
    fs.writeFileSync(file, bytes);
    expect(readRegularFile(file, LIMIT)).toEqual({ kind: "read", bytes });
  });

  it("may be empty", () => {
    fs.writeFileSync(file, "");
    expect(readRegularFile(file, LIMIT)).toEqual({ kind: "read", bytes: Buffer.alloc(0) });
  });

  it("is absent where there is nothing, or a file in place of its folder", () => {
    fs.writeFileSync(file, "");
    expect(readRegularFile(path.join(folder, "nothing"), LIMIT)).toEqual({ kind: "absent" });
    expect(readRegularFile(path.join(file, "below"), LIMIT)).toEqual({ kind: "absent" });
  });

  it("may have the greatest size allowed, and not a byte more", () => {
    fs.writeFileSync(file, "x".repeat(LIMIT));
    expect(readRegularFile(file, LIMIT).kind).toBe("read");
    fs.writeFileSync(file, "x".repeat(LIMIT + 1));
    expect(refusal()).toBe("is 101 bytes long, more than the 100 allowed");
  });

  it("of 100 GB that takes no room on the disk is refused without being read", () => {
    fs.writeFileSync(file, "");
    fs.truncateSync(file, 100e9);
    expect(refusal()).toBe("is 100000000000 bytes long, more than the 100 allowed");
  });

  it("is refused where the manager may not read it", () => {
    fs.writeFileSync(file, "secret", { mode: 0o000 });
    expect(asOrdinaryUser(() => refusal())).toBe("cannot be read (EACCES)");
  });

  it("is refused where its name is too long to be one", () => {
    expect(refusal(path.join(folder, "x".repeat(300)))).toBe("cannot be read (ENAMETOOLONG)");
  });
});

describe("what is no regular file", () => {
  it("is refused where it is a link, wherever that leads", () => {
    fs.symlinkSync("/etc/passwd", file);
    expect(refusal()).toBe("is a link, not a regular file");
    fs.rmSync(file);
    fs.symlinkSync("nowhere", file);
    expect(refusal()).toBe("is a link, not a regular file");
  });

  it("is refused where it is a folder", () => {
    fs.mkdirSync(file);
    expect(refusal()).toBe("is a folder, not a regular file");
  });

  it("is refused where it is a FIFO, without waiting for somebody to write into it", () => {
    makeFifo(file);
    expect(refusal()).toBe("is a FIFO, not a regular file");
  });

  it("is refused where it is a device", () => {
    expect(refusal("/dev/zero")).toBe("is a device, not a regular file");
  });

  it("is refused where it is a socket", async () => {
    await withSocket(file, () => expect(refusal()).toBe("is a socket, not a regular file"));
  });
});

describe("a file that is swapped between the look and the opening", () => {
  beforeEach(() => {
    fs.writeFileSync(file, "harmless");
  });

  it("for a FIFO blocks nothing", () => {
    let rescuer: ChildProcess | undefined;
    swapBeforeOpen(() => {
      fs.rmSync(file);
      rescuer = openLater(makeFifo(file));
    });
    const startedMs = performance.now();
    expect(refusal()).toBe("is a FIFO, not a regular file");
    expect(performance.now() - startedMs).toBeLessThan(RESCUE_SECONDS * 1000);
    rescuer?.kill();
  });

  it("for a link is not followed", () => {
    const secret = path.join(folder, "secret");
    fs.writeFileSync(secret, "secret");
    swapBeforeOpen(() => {
      fs.rmSync(file);
      fs.symlinkSync(secret, file);
    });
    expect(refusal()).toBe("cannot be read (ELOOP)");
  });

  it("for a larger one is refused", () => {
    swapBeforeOpen(() => fs.writeFileSync(file, "x".repeat(LIMIT + 1)));
    expect(refusal()).toBe("is 101 bytes long, more than the 100 allowed");
  });

  it("for nothing is absent", () => {
    swapBeforeOpen(() => fs.rmSync(file));
    expect(readRegularFile(file, LIMIT)).toEqual({ kind: "absent" });
  });
});

it("gives what is there of a file that becomes shorter while it is read", () => {
  fs.writeFileSync(file, "0123456789");
  const { readSync } = fs;
  vi.spyOn(fs, "readSync").mockImplementationOnce(((...given: Parameters<typeof readSync>) => {
    fs.truncateSync(file, 4);
    return readSync(...given);
  }) as typeof readSync);
  expect(readRegularFile(file, LIMIT)).toEqual({ kind: "read", bytes: Buffer.from("0123") });
});

it("leaves no handle open, whatever it found", () => {
  fs.writeFileSync(file, "x");
  fs.mkdirSync(path.join(folder, "sub"));
  makeFifo(path.join(folder, "fifo"));
  const before = fs.readdirSync("/proc/self/fd").length;
  for (const name of ["file", "sub", "fifo", "nothing"]) readRegularFile(path.join(folder, name), LIMIT);
  expect(fs.readdirSync("/proc/self/fd")).toHaveLength(before);
});

it("names what lies somewhere in words", () => {
  fs.writeFileSync(file, "x");
  expect(typeName(fs.lstatSync(file))).toBe("a file");
  expect(typeName(fs.lstatSync(folder))).toBe("a folder");
  expect(typeName(fs.lstatSync("/dev/null"))).toBe("a device");
});

describe("a file that others replace", () => {
  it("gives the beginning of a file, as far as it is asked for, though the mount tells of a smaller size", () => {
    fs.writeFileSync(file, "0123456789".repeat(20));
    expect(readFresh(file, 1000)).toHaveLength(200);
    expect(readFresh(file, 7)).toBe("0123456");
    const fstat = fs.fstatSync;
    vi.spyOn(fs, "fstatSync").mockImplementation(((handle: number) =>
      Object.assign(fstat(handle), { size: 3 })) as typeof fs.fstatSync);
    expect(readFresh(file, 1000)).toHaveLength(200);
    expect(readFresh(file, 150)).toHaveLength(150);
    expect(readFresh(`${file}.absent`, 1000)).toBeUndefined();
  });
});
