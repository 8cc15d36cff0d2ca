import { beforeEach, describe, expect, it, vi } from "vitest";
import { LowDisk } from "../../src/manager/letters/mail-notices.ts";
import { scratchFolder } from "../support/scratch.ts";

let outbox = "";
const tell = vi.fn<() => void>();

beforeEach(() => {
  outbox = scratchFolder();
  tell.mockReset();
});

describe("a shortage", () => {
  it("is told once, after a restart too, until there was enough again", () => {
    for (const free of [9, 3, 10, 9]) new LowDisk(outbox, "low-inodes").watch(free, 10, tell);
    expect(tell).toHaveBeenCalledTimes(1);
    for (const free of [12, 9]) new LowDisk(outbox, "low-inodes").watch(free, 10, tell);
    expect(tell).toHaveBeenCalledTimes(2);
  });

  it("is told again at the next look where there was no room for the letter", () => {
    const inodes = new LowDisk(outbox, "low-inodes");
    tell.mockImplementationOnce(() => {
      throw new Error("no room");
    });
    expect(() => inodes.watch(0, 10, tell)).toThrow("no room");
    inodes.watch(0, 10, tell);
    inodes.watch(0, 10, tell);
    expect(tell).toHaveBeenCalledTimes(2);
  });

  it("of one thing says nothing of another", () => {
    new LowDisk(outbox, "low-disk").watch(9, 10, tell);
    new LowDisk(outbox, "low-inodes").watch(9, 10, tell);
    expect(tell).toHaveBeenCalledTimes(2);
  });
});
