import { describe, expect, it } from "vitest";
import { Pauses } from "../../src/job/pauses.ts";

const rule = { firstMs: 1000, longestMs: 5000 };

describe("the pause after a failure", () => {
  it("doubles up to the longest", () => {
    const pauses = new Pauses(rule);
    const afterOneMore = () => {
      pauses.extend("a", 0);
      return pauses.leftMs("a", 0);
    };
    expect([1, 2, 3, 4, 5].map(afterOneMore)).toEqual([1000, 2000, 4000, 5000, 5000]);
    for (let tries = 6; tries <= 2000; tries += 1) expect(afterOneMore()).toBe(5000);
  });

  it("counts each name for itself, from the last failure on", () => {
    const pauses = new Pauses(rule);
    pauses.extend("a", 0);
    pauses.extend("a", 1500);
    pauses.extend("b", 1500);
    expect(["a", "b", "c"].map((name) => pauses.leftMs(name, 2000))).toEqual([1500, 500, 0]);
    expect(pauses.leftMs("a", 9000)).toBe(0);
  });

  it("has a reason, which is told for as long as it lasts", () => {
    const pauses = new Pauses(rule);
    expect([pauses.extend("a", 0, "no room"), pauses.extend("b", 500, "no right")]).toEqual([1, 1]);
    expect([pauses.nextMs(0), pauses.nextMs(1000), pauses.nextMs(1500)]).toEqual([1000, 1500, Infinity]);
    expect(pauses.reasons(1000)).toEqual(new Map([["b", "no right"]]));
    expect([...pauses.reasons(1000, (name) => name === "a").keys()]).toEqual(["a", "b"]);
    expect(pauses.extend("a", 6000, "no room")).toBe(2);
  });

  it("is forgotten where nobody tries again for the longest one", () => {
    const pauses = new Pauses(rule);
    pauses.extend("a", 0);
    pauses.forgetOld(6000);
    expect(pauses.size).toBe(1);
    pauses.forgetOld(6001);
    expect(pauses.size).toBe(0);
  });

  it("begins anew once it went well", () => {
    const pauses = new Pauses(rule);
    for (const nowMs of [0, 1000]) pauses.extend("a", nowMs);
    pauses.forget("a");
    pauses.extend("a", 5000);
    expect(pauses.leftMs("a", 5000)).toBe(1000);
  });

  it("ends for all when they are cleared", () => {
    const pauses = new Pauses(rule);
    for (const name of ["a", "b"]) pauses.extend(name, 0);
    expect(pauses.size).toBe(2);
    pauses.clear();
    expect([pauses.size, pauses.leftMs("a", 0)]).toEqual([0, 0]);
  });
});

describe("what is tried next", () => {
  it("is the first that never failed, otherwise what may be tried soonest", () => {
    const pauses = new Pauses(rule);
    for (const nowMs of [0, 0]) pauses.extend("a", nowMs);
    pauses.extend("b", 500);
    expect(pauses.soonest(["a", "b", "new", "newer"], 600)).toEqual({ name: "new", leftMs: 0 });
    expect(pauses.soonest(["a", "b"], 600)).toEqual({ name: "b", leftMs: 900 });
    expect(pauses.soonest([], 600)).toBeUndefined();
  });
});
