import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatProcessorList, grantProcessors, parseProcessorList } from "../../src/job/processor-sets.ts";

const ids = fc.uniqueArray(fc.integer({ min: 0, max: 70 }));

describe("granting processors", () => {
  it("gives the lowest that nobody has taken", () => {
    expect(grantProcessors([5, 4, 0, 10, 11], 5, new Set([4]), 3)).toEqual([0, 5, 10]);
  });

  it("gives none when there are not enough", () => {
    expect(grantProcessors([0, 1, 2], 3, new Set([1]), 3)).toBeUndefined();
  });

  it("does not count a processor twice that the pool names twice", () => {
    expect(grantProcessors([1, 1], 2, new Set(), 2)).toBeUndefined();
  });

  it("gives own ones only where there is one for each that may be granted in all", () => {
    expect(grantProcessors([0, 1, 2], 3, new Set([1]), 2)).toEqual([0, 2]);
    expect(grantProcessors([0, 1, 2], 4, new Set([1]), 2)).toBeUndefined();
  });

  it("gives sets from the pool that never overlap", () => {
    fc.assert(
      fc.property(ids, fc.array(fc.integer({ min: 1, max: 8 })), (pool, counts) => {
        const taken = new Set<number>();
        for (const count of counts) {
          const granted = grantProcessors(pool, pool.length, taken, count);
          if (granted === undefined) expect(pool.length - taken.size).toBeLessThan(count);
          else expect(new Set(granted).size).toBe(count);
          for (const id of granted ?? []) {
            expect(pool.includes(id) && !taken.has(id)).toBe(true);
            taken.add(id);
          }
        }
      }),
    );
  });
});

describe("a processor list", () => {
  it.each([
    ["0-3,8", [0, 1, 2, 3, 8]],
    ["7", [7]],
    [" 2 , 0-1\n", [0, 1, 2]],
    ["4-4,1,1", [1, 4]],
    ["", []],
  ])("is read from %j", (text, list) => {
    expect(parseProcessorList(text)).toEqual(list);
  });

  it.each(["a", "1,", "3-1", "-1", "1-", "1.5", "0-99999", "0-4294967295", "0x1", "1 2"])(
    "is not read from %j",
    (text) => {
      expect(parseProcessorList(text)).toBeUndefined();
    },
  );

  it("is written with its ranges", () => {
    expect(formatProcessorList([5, 2, 1, 0])).toBe("0-2,5");
    expect(formatProcessorList([])).toBe("");
  });

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(ids, (list) => {
        const sorted = list.toSorted((left, right) => left - right);
        expect(parseProcessorList(formatProcessorList(list))).toEqual(sorted);
      }),
    );
  });
});
