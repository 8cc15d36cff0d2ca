import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toAdmit } from "../../src/plan/plan.ts";
import type { Readiness } from "../../src/plan/settle.ts";
import { arriving } from "./snapshots.ts";

/** Names of the folders to admit, of these in the order of their places. */
function admitted(...folders: readonly (readonly [name: string, readiness: Readiness])[]): string[] {
  const seen = folders.map(([name, readiness], place) => ({ ...arriving(name, readiness), place }));
  return toAdmit(seen.toReversed()).map(({ name }) => name);
}

const whole = (wholeSeconds: number): Readiness => ({ kind: "ready", wholeSeconds });
const wholeIn = (seconds: number): Readiness => ({
  kind: "settling",
  quietSeconds: 5 - seconds,
  neededSeconds: 5,
});
const DELIVERED: Readiness = { kind: "ready" };

describe("the folders to admit", () => {
  it("go by their places, whatever was whole first", () => {
    expect(admitted(["a", whole(0)], ["b", whole(7)], ["c", DELIVERED], ["d", whole(2)])).toEqual([
      "a",
      "b",
      "c",
      "d",
    ]);
  });

  it("wait for one seen before them that becomes whole within the same second", () => {
    expect(admitted(["a", wholeIn(0.8)], ["b", whole(0.1)], ["c", whole(0)])).toEqual([]);
    expect(admitted(["a", wholeIn(0.8)], ["b", whole(0.3)], ["c", whole(0)])).toEqual(["b"]);
  });

  it("wait for none that was seen after them", () => {
    expect(admitted(["a", whole(0)], ["b", wholeIn(0.1)])).toEqual(["a"]);
  });

  it.each<Readiness>([
    wholeIn(1.2),
    { kind: "copying", temporaryName: "x.part" },
    { kind: "empty" },
    { kind: "unreadable", why: "EACCES" },
    { kind: "unmovable", user: "qm" },
    { kind: "unseen" },
  ])("wait for none that no second makes whole: %o", (readiness) => {
    expect(admitted(["a", readiness], ["b", whole(0)])).toEqual(["b"]);
  });

  it("wait for nothing that was delivered whole, and nothing for them", () => {
    expect(admitted(["a", wholeIn(0.5)], ["b", whole(0)], ["c", DELIVERED])).toEqual(["c"]);
  });

  it("take the whole ones along that were seen before them", () => {
    expect(admitted(["a", wholeIn(0.9)], ["b", whole(0)], ["c", whole(0.5)])).toEqual(["b", "c"]);
  });

  it("go one after the other where all become whole within one second, however their ends fall", () => {
    const wholeAtSeconds = fc.array(fc.double({ min: 10, max: 10.999, noNaN: true }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(wholeAtSeconds, fc.array(fc.double({ min: 0, max: 0.4, noNaN: true })), (ends, steps) => {
        const order: number[] = [];
        let nowSeconds = 10;
        for (const step of [...steps, 5]) {
          nowSeconds += step;
          const folders = ends.flatMap((end, place) => {
            if (order.includes(place)) return [];
            const readiness = end > nowSeconds ? wholeIn(end - nowSeconds) : whole(nowSeconds - end);
            return [{ ...arriving(`job ${place}`, readiness), place }];
          });
          order.push(...toAdmit(folders).map(({ place }) => place ?? -1));
        }
        expect(order).toEqual(ends.map((_, place) => place));
      }),
    );
  });

  it("never wait longer than a second", () => {
    const others = fc.array(
      fc.oneof(
        fc.double({ min: 0.001, max: 9, noNaN: true }).map(wholeIn),
        fc.double({ min: 0, max: 9, noNaN: true }).map(whole),
        fc.constant(DELIVERED),
      ),
    );
    fc.assert(
      fc.property(
        others,
        others,
        fc.double({ min: 1.001, max: 9, noNaN: true }),
        (before, after, seconds) => {
          const all = [...before, whole(seconds), ...after].map(
            (one, index) => [String(index), one] as const,
          );
          expect(admitted(...all)).toContain(String(before.length));
        },
      ),
    );
  });
});
