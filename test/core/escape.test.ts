import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeControls, onOneLine } from "../../src/core/escape.ts";

describe("a stranger's text on one line", () => {
  it.each([
    ["a new line", "a\nb", "a\\nb"],
    ["a carriage return", "a\rb", "a\\rb"],
    ["a tab", "a\tb", "a\\tb"],
    ["a terminal's escape", "\x1b[31mred", "\\x1b[31mred"],
    ["a NUL", "a\0b", "a\\x00b"],
    ["delete", "\x7f", "\\x7f"],
    ["a C1 control", "\x9b31m", "\\x9b31m"],
    ["a line separator", "a\u2028b", "a\\u2028b"],
    ["a mark that turns the direction", "gpj.\u202eexe", "gpj.\\u202eexe"],
    ["the Arabic letter mark", "a\u061cb", "a\\u061cb"],
    ["an isolate", "\u2066x\u2069", "\\u2066x\\u2069"],
    ["a byte-order mark", "\ufeffx", "\\ufeffx"],
  ])("shows %s as a code", (_, text, shown) => expect(escapeControls(text)).toBe(shown));

  it.each(["plain", "spaces  and 'quotes'", "café 語 😀", "«job»", "C:\\new", "\u00a0"])(
    "leaves %j alone",
    (text) => expect(escapeControls(text)).toBe(text),
  );

  it("is a single line that moves no cursor and turns no text, whatever it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeControls(text)).not.toMatch(/\p{Cc}|\p{Zl}|\p{Zp}|\p{Bidi_Control}/u);
      }),
    );
  });
});

describe("a text of several lines on one", () => {
  it("has them one after the other, without what stands around them", () => {
    expect(onOneLine("one\r\n  two\n\n\tthree\u202e\n")).toBe("one two three\\u202e");
  });
});
