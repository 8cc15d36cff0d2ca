import { describe, expect, it } from "vitest";
import { areInodesLow, describeInodes, describeRoom, inodesOf } from "../../src/text/inodes.ts";

describe("the inodes of a file system", () => {
  it.each([
    [256, 20],
    [65_536, 656],
    [50_000_000, 1000],
  ])("are needed by a share of all: of %d, %d", (total, needed) => {
    expect(inodesOf(5, total)).toEqual({ free: 5, total, needed });
  });

  it("are no matter where their number is not fixed", () => {
    expect(inodesOf(0, 0)).toBeUndefined();
    expect(areInodesLow(undefined)).toBe(false);
  });

  it("are low below what is needed", () => {
    expect([19, 20].map((free) => areInodesLow(inodesOf(free, 256)))).toEqual([true, false]);
  });

  it("are told in words of their own", () => {
    const inodes = { free: 12, total: 65_536, needed: 656 };
    expect(describeInodes(inodes)).toBe("no room for new files (inodes): 12 of 65,536 left");
    expect(describeRoom({ freeBytes: 12e9, inodes })).toBe(
      "12.0 GB of disk free, but no room for new files (inodes): 12 of 65,536 left",
    );
    expect(describeRoom({ freeBytes: 12e9, inodes: { ...inodes, free: 700 } })).toBe("12.0 GB of disk free");
    expect(describeRoom({ freeBytes: 12e9 })).toBe("12.0 GB of disk free");
  });
});
