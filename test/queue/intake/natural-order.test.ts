import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareNaturally } from "../../../src/queue/intake/queue-names.ts";

const anyName = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom("a", "A", "0", "1", "9", "-", ".", "\u00e9", "e\u0301", "\u0000"),
    maxLength: 8,
  }),
);

describe("the natural order of names", () => {
  it.each([
    ["run-2", "run-10"],
    ["run2", "run10"],
    ["2", "10"],
    ["9a", "10"],
    ["sim 1.9", "sim 1.10"],
    ["a2b10", "a10b2"],
    ["run-9007199254740993", "run-9007199254740994"],
    [`${"9".repeat(60)}`, `1${"0".repeat(60)}`],
    ["Run-1", "run-2"],
    ["apple", "Banana"],
    ["\u00e9tude", "fugue"],
    ["2026-01-02", "2026-01-10"],
    ["run", "run-1"],
    ["run-01", "run-1"],
  ])("has %s before %s", (first, second) => {
    expect(compareNaturally(first, second)).toBeLessThan(0);
    expect(compareNaturally(second, first)).toBeGreaterThan(0);
  });

  it.each([
    ["two Unicode forms", "caf\u00e9", "cafe\u0301"],
    ["a character that alphabets pass over", "run", "run\u0000"],
    ["leading zeros", "run-1", "run-001"],
  ])("tells names apart that differ in %s alone", (_, one, other) => {
    expect(compareNaturally(one, other)).not.toBe(0);
  });

  it("is the same whatever order the names come in, and never equal for two", () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyName, { maxLength: 12 }), fc.nat(), (names, turn) => {
        const sorted = names.toSorted(compareNaturally);
        const turned = [...names.slice(turn % 12), ...names.slice(0, turn % 12)];
        expect(turned.toSorted(compareNaturally)).toEqual(sorted);
        for (const [index, name] of sorted.entries())
          for (const later of sorted.slice(index + 1)) {
            expect(compareNaturally(name, later)).toBeLessThan(0);
            expect(compareNaturally(later, name)).toBeGreaterThan(0);
          }
      }),
    );
  });
});
