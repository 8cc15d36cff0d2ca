import { describe, expect, test } from "vitest";
import { contentOf, isPassive } from "../../../src/web/files/content.ts";

const PNG = "\x89PNG\r\n\x1a\n....";

function kindOf(name: string, bytes: string): string {
  const content = contentOf(Buffer.from(name), Buffer.from(bytes, "latin1"));
  return content.kind === "image" ? content.type : content.kind;
}

describe("what a file is", () => {
  test.each([
    ["a.png", PNG, "image/png"],
    ["a.PNG", PNG, "image/png"],
    ["a.jpg", "\xff\xd8\xff\xe0", "image/jpeg"],
    ["a.jpeg", "\xff\xd8\xff\xe0", "image/jpeg"],
    ["a.gif", "GIF89a", "image/gif"],
    ["a.webp", "RIFF\x01\x02\x03\x04WEBP", "image/webp"],
    ["a.jpg", PNG, "binary"],
    ["a.png", "<script>alert(1)</script>", "binary"],
    ["a.dat", PNG, "binary"],
    ["infos", "nb_proc = 2\n", "text"],
    ["empty", "", "text"],
    ["log", "\x1b[31mred\x1b[0m 1%\r2%\r\n\b", "text"],
    ["latin1.txt", "un \xe9t\xe9 au soleil", "text"],
    ["a.txt", "a\0b", "binary"],
    ["a.bin", "\xff\xfe\xfd\xfc", "binary"],
    ["a.svg", "<svg/>", "text"],
  ])("%s", (name, bytes, kind) => {
    expect(kindOf(name, bytes)).toBe(kind);
  });

  test("is told though the last character of its head is cut", () => {
    const head = Buffer.from("日本日本日本").subarray(0, -1);
    expect(contentOf(Buffer.from("a"), head)).toEqual({ kind: "text" });
  });
});

test.each([
  ["a.txt", "plain", true],
  ["a.html", "plain", false],
  ["a.SVG", "plain", false],
  ["a.js", "1", false],
  ["a.txt", "<!doctype html>", false],
  ["a.txt", "\n \ufeff<ScRiPt>", false],
  ["a.txt", "<?xml version='1.0'?>", false],
  ["a.txt", "< 5 and > 3", true],
])("text that a browser could take for a page is not sent as text: %s, %j", (name, text, expected) => {
  expect(isPassive(Buffer.from(name), Buffer.from(text))).toBe(expected);
});
