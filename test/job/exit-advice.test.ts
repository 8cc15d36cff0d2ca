import os from "node:os";
import { describe, expect, it } from "vitest";
import { exitAdvice } from "../../src/job/outcome.ts";

describe("the advice on an exit code", () => {
  it.each([
    [126, undefined, /^Exit code 126 mostly means .*could not be executed: .*chmod/],
    [127, undefined, /^Exit code 127 mostly means .*not found: check its spelling.*PATH/],
    [137, "SIGKILL", /^Exit code 137 \(SIGKILL\) mostly means .*memory ran out: let/],
    [139, "SIGSEGV", /fault of it or of a library: run it/],
    [141, "SIGPIPE", /already ended.*pipefail/],
  ])("%i says what it mostly means and how to mend it", (code, signal, words) => {
    expect(exitAdvice(code, signal)).toMatch(words);
  });

  it.each([
    "/bin/sh: 1: source: not found",
    "./job.sh: 3: [[: not found",
    "sh: 1: shopt: not found",
    "sh: line 2: pushd: command not found",
  ])("127 tells of bash where sh did not know its word: %s", (line) => {
    expect(exitAdvice(127, undefined, line)).toMatch(
      /^Exit code 127 mostly means that sh ran .*bash -c.*\.$/,
    );
    expect(exitAdvice(1, undefined, line)).toBeUndefined();
  });

  it.each(["sh: 1: data/source: not found", "sh: 1: my-source: not found", "sh: 1: sources: not found"])(
    "127 tells of a spelling elsewhere: %s",
    (line) => expect(exitAdvice(127, undefined, line)).toMatch(/check its spelling/),
  );

  it("is a sentence for every signal", () => {
    for (const [signal, number] of Object.entries(os.constants.signals))
      expect(exitAdvice(128 + number, signal)).toMatch(/^Exit code \d+ \(SIG\w+\) mostly means that .*\.$/);
  });

  it.each([1, 2, 3, 42, 125, 255])("%i, which is the program's own, is none", (code) => {
    expect(exitAdvice(code)).toBeUndefined();
  });
});
