import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeControls, escapeJsonText, onOneLine, replaceUnsafe } from "../../src/text/escape.ts";

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

describe("JSON text", () => {
  it("is safe on a terminal, keeps its line breaks, and stands for the same value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const value = { [text]: [text] };
        const escaped = escapeJsonText(JSON.stringify(value, null, 2));
        expect(escaped.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Zl}|\p{Zp}|\p{Bidi_Control}/u);
        expect(escaped.split("\n")).toHaveLength(5);
        expect(JSON.parse(escaped)).toEqual(value);
      }),
    );
  });

  it.each([
    ["delete", "\x7f", "\\u007f"],
    ["a C1 control", "\x9b", "\\u009b"],
    ["the Arabic letter mark", "\u061c", "\\u061c"],
    ["a mark that turns the direction", "\u200f", "\\u200f"],
  ])("has %s as a code", (_, text, shown) => {
    expect(escapeJsonText(JSON.stringify(text))).toBe(`"${shown}"`);
  });
});

it("has what is unsafe replaced by what is harmless", () => {
  expect(replaceUnsafe("a\nb\u202ec\u061cd é", "_")).toBe("a_b_c_d é");
});
