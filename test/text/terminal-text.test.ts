import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeControls } from "../../src/text/escape.ts";
import { MAX_LINE_CHARACTERS, type TextLine } from "../../src/text/terminal-line.ts";
import { TerminalLines } from "../../src/text/terminal-text.ts";
import { costOfTenfold } from "../support/cost.ts";

function linesOf(...pieces: readonly string[]): TextLine[] {
  const terminal = new TerminalLines();
  const completed = pieces.flatMap((piece) => terminal.push(piece));
  return [...completed, terminal.unfinished];
}

function textOf(line: TextLine): string {
  return line.map(({ text }) => text).join("");
}

function textsOf(...pieces: readonly string[]): string[] {
  return linesOf(...pieces).map(textOf);
}

function spansOf(text: string): string[] {
  return linesOf(text).flatMap((line) => line.map((span) => `${span.classes}: ${span.text}`));
}

const ODD = [
  "\x1b",
  "[",
  "]",
  "P",
  "\\",
  ";",
  "3",
  "1",
  "m",
  "K",
  "2",
  "38",
  ":",
  "\r",
  "\n",
  "\b",
  "\t",
  "\x07",
];
const oddText = fc
  .array(fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: "binary", maxLength: 5 })))
  .map((parts) => parts.join(""));

describe("a line that is written over", () => {
  it.each([
    ["a bar shows how it stood last", " 10 %\r 50 %\r100 %", "100 %"],
    ["shorter text leaves the rest of longer", "downloading\rdone", "doneloading"],
    ["a carriage return and a new line end a line like any", "100 %\r\n", "100 %"],
    ["a carriage return at the end keeps what stood before it", " 50 %\r", " 50 %"],
    ["a backspace goes back one", "abc\b\bX", "aXc"],
    ["a backspace stops at the start", "\b\b\bab", "ab"],
    ["a wheel turns", "| \b\b/ \b\b- ", "- "],
    ["the rest can be erased", "downloading\r\x1b[Kdone", "done"],
    ["all of it can be erased", "downloading\x1b[2K\x1b[1Gdone", "done"],
    ["a tab goes to the next stop", "ab\tc\t\td", "ab      c               d"],
    ["a tab passes over what is there", "abcdefghij\r\tX", "abcdefghXj"],
  ])("%s", (_, text, shown) => expect(textsOf(text)[0]).toBe(shown));
});

describe("the colours of a terminal", () => {
  it.each([
    ["a colour and its end", "a\x1b[31mb\x1b[0mc", [": a", "fg-1: b", ": c"]],
    ["an empty end", "\x1b[31mb\x1b[mc", ["fg-1: b", ": c"]],
    ["bright colours and grounds", "\x1b[94;103mx", ["fg-12 bg-11: x"]],
    ["all switches", "\x1b[1;2;3;4;7mx", ["bold dim italic underline inverse: x"]],
    ["switches off again", "\x1b[1;2;3;4;7;31;41m\x1b[22;23;24;27;39;49mx", [": x"]],
    ["256 colours", "\x1b[38;5;196mx\x1b[48;5;4my\x1b[0;38;5;244mz", ["fg-9: x", "fg-9 bg-4: y", "fg-8: z"]],
    ["true colours", "\x1b[38;2;250;10;0mx", ["fg-9: x"]],
    [
      "colours with colons",
      "\x1b[38:5:2mx\x1b[38:2::0:0:230my\x1b[4:3mz",
      ["fg-2: x", "fg-4: y", "fg-4 underline: z"],
    ],
    [
      "what stands behind a colour of many numbers",
      "\x1b[38;5;1;1mx\x1b[58;2;1;2;3;3my",
      ["fg-1 bold: x", "fg-1 bold italic: y"],
    ],
    ["a colour there is none of", "\x1b[38;5;999mx\x1b[38;2;1;2;999my", [": xy"]],
    ["what only looks like a colour", "\x1b[>4;2mx\x1b[?31my", [": xy"]],
    ["a colour that goes on over lines", "\x1b[32ma\nb", ["fg-2: a", "fg-2: b"]],
  ])("%s", (_, text, spans) => expect(spansOf(text)).toEqual(spans));
});

describe("what would steer a terminal", () => {
  it.each([
    ["moves of the cursor", "a\x1b[2J\x1b[10;5H\x1b[?25lb"],
    ["a title", "a\x1b]0;title\x07b"],
    ["a link", "\x1b]8;;https://example.org\x1b\\ab\x1b]8;;\x1b\\"],
    ["a device's own text", "a\x1bPq#0;2\x1b\\b"],
    ["a choice of letters", "a\x1b(Bb"],
    ["short sequences", "a\x1b7\x1b=\x1bcb"],
    ["a sequence that another cuts short", "a\x1b[3\x1b[31\x1b[0mb"],
    ["a cancelled sequence", "a\x1b[31\x18b"],
    ["a sequence without an end", "ab\x1b[31"],
  ])("is left out: %s", (_, text) => expect(textsOf(text)).toEqual(["ab"]));

  it("hides no more than its line", () => expect(textsOf("a\x1b]0;open\nb")).toEqual(["a", "b"]));

  it.each([
    ["a bell", "a\x07", "a\\x07"],
    ["NUL", "a\0b", "a\\x00b"],
    ["a C1 control", "\x9b31m", "\\x9b31m"],
    ["a mark that turns the direction", "gpj.\u202eexe", "gpj.\\u202eexe"],
  ])("is shown as a code: %s", (_, text, shown) => expect(textsOf(text)).toEqual([shown]));
});

describe("a long line", () => {
  it("is cut, and says how much is missing", () => {
    const [line] = linesOf("x".repeat(MAX_LINE_CHARACTERS + 12));
    expect(textOf(line ?? [])).toBe(`${"x".repeat(MAX_LINE_CHARACTERS)}… (12 more characters)`);
    expect(line?.at(-1)?.classes).toBe("cut");
  });

  it("is whole at the bound", () => {
    expect(textsOf("x".repeat(MAX_LINE_CHARACTERS))).toEqual(["x".repeat(MAX_LINE_CHARACTERS)]);
  });

  it("can be written over by a short one", () => {
    expect(textsOf(`${"x".repeat(MAX_LINE_CHARACTERS + 12)}\r\x1b[Kshort`)).toEqual(["short"]);
  });
});

describe("any text", () => {
  it("is unchanged where it holds no controls", () => {
    const plain = fc
      .string({ unit: "grapheme", maxLength: 300 })
      .filter((text) => text === escapeControls(text));
    fc.assert(
      fc.property(plain, (text) => {
        expect(textsOf(text)).toEqual([text]);
      }),
    );
  });

  it("shows no control, whatever it was, and has as many lines as line ends", () => {
    fc.assert(
      fc.property(oddText, (text) => {
        const shown = textsOf(text);
        expect(shown.join("")).not.toMatch(/\p{Cc}|\p{Zl}|\p{Zp}|\p{Bidi_Control}/u);
        expect(shown).toHaveLength(text.split("\n").length);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives the same lines however it is cut into pieces", () => {
    fc.assert(
      fc.property(oddText, fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
        const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
        // The last half of a character is shown only once the other half or something else follows.
        expect(linesOf(...pieces, "\n")).toEqual(linesOf(`${text}\n`));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the cost of hostile text", () => {
  it.each([
    ["colours", "\x1b[31mx\x1b[0m"],
    ["bars", "\r\x1b[2Kx"],
    ["one endless line", "x"],
    ["one endless sequence", "\x1b[1;1;1;1;1;1;1"],
    ["parameters without an end", ";1"],
    ["open strings", "\x1b]"],
    ["tabs", "\t"],
    ["erasing at the end of a full line", "x\b\x1b[K"],
    ["backspaces", "x\b\b"],
    ["empty lines", "\n"],
  ])("grows with its length alone: %s", (_, piece) => {
    const prefix = `${"x".repeat(MAX_LINE_CHARACTERS - 1)}\x1b[`;
    const cost = costOfTenfold(10_000, (size) => linesOf(prefix + piece.repeat(size)));
    expect(cost).toBeLessThan(40);
  });
});
