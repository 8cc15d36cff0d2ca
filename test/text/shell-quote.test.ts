import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoteForShell } from "../../src/text/escape.ts";

describe("a word for the shell", () => {
  it.each(["run.sh", "./a-b_c", "/usr/bin/python3", "--size=3", "./a=b", "50%", "a:b,c@d+e"])(
    "is plain: %s",
    (word) => {
      expect(quoteForShell(word)).toBe(word);
    },
  );

  it.each([
    ["nothing", "", "''"],
    ["a blank", "a b", "'a b'"],
    ["a quote", "it's", `'it'\\''s'`],
    ["a dollar", "$HOME", "'$HOME'"],
    ["a tilde", "~", "'~'"],
    ["an assignment", "A=b", "'A=b'"],
    ["an addition", "A+=b", "'A+=b'"],
    ["another script's letters", "é", "'é'"],
  ])("is quoted where it holds %s", (_, word, written) => expect(quoteForShell(word)).toBe(written));

  it("is one argument with exactly this text", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().filter((text) => !text.includes("\0")),
          { minLength: 1, maxLength: 4 },
        ),
        (texts) => {
          const { stdout } = spawnSync("/bin/sh", [
            "-c",
            `printf '%s\\0' ${texts.map(quoteForShell).join(" ")}`,
          ]);
          expect(stdout.toString("utf8")).toBe(texts.map((text) => `${text}\0`).join(""));
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each(["A=b", "A+=b", "1=2"])("is a command's name, never an assignment: %s", (word) => {
    expect(spawnSync("/bin/sh", ["-c", quoteForShell(word)]).status).toBe(127);
  });
});
