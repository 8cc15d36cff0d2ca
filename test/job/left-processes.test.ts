import { describe, expect, it } from "vitest";
import { describeLeft, leftNoteSchema, leftProcessesOf, withLeft } from "../../src/job/left-processes.ts";
import { parseJson } from "../../src/text/parse-json.ts";

const found = (...names: string[]) => names.map((name, at) => ({ pid: at, startTicks: "7", name }));

describe("the note of processes that a job left running", () => {
  it("holds each once, however often it is found, and is read back as it was written", () => {
    const note = withLeft(undefined, found("sh", "sleep"));
    expect(withLeft(note, found("sh", "sleep"))).toBe(note);
    const more = withLeft(note, [...found("sh"), { pid: 0, startTicks: "8", name: "cat" }]);
    expect(parseJson(leftNoteSchema, JSON.stringify(more))).toEqual(more);
    expect(leftProcessesOf(more)).toEqual({ count: 3, names: ["sh", "sleep", "cat"] });
  });

  it("stays small where there are thousands", () => {
    const note = withLeft(undefined, found(...Array.from({ length: 5000 }, () => "bomb")));
    expect(JSON.stringify(note).length).toBeLessThan(20_000);
    const left = leftProcessesOf(note);
    expect(left).toMatchObject({ count: 5000 });
    expect(left?.names.length).toBeLessThanOrEqual(20);
  });

  it("is none where nothing was found", () => {
    expect(leftProcessesOf(withLeft(undefined, []))).toBeUndefined();
    expect(parseJson(leftNoteSchema, "{")).toBeUndefined();
  });
});

describe("the sentence about them", () => {
  const sentence = (...names: string[]) => {
    const left = leftProcessesOf(withLeft(undefined, found(...names)));
    return left === undefined ? "" : describeLeft(left);
  };

  it("counts all of a program among many, and leaves out none of few", () => {
    const names = [...Array.from({ length: 25 }, () => "sleep"), "sh", "sh", "python3", "tee", "cat", "awk"];
    expect(sentence(...names)).toContain(
      "left 31 processes running, which were ended: sleep (25), sh (2), python3, tee, cat, awk; put",
    );
  });

  it("ends where there are too many programs to name", () => {
    const names = Array.from({ length: 31 }, (_, at) => `p${at}`);
    expect(sentence(...names)).toContain(": p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 21 others; put");
  });

  it.each([
    [1, ["sh"], "left 1 process running, which was ended: sh; put"],
    [3, ["sh", "python3", "python3"], "left 3 processes running, which were ended: sh, python3 (2); put"],
    [9, ["a", "b", "c", "d", "e", "f"], ": a, b, c, d, e, f and 3 others; put"],
    [30, ["bomb", "bomb"], "left 30 processes running, which were ended: bomb (2) and 28 others; put"],
  ])("of %i %j", (count, names, words) => {
    expect(describeLeft({ count, names })).toContain(words);
  });
});
