import { expect, it } from "vitest";
import { inlineComment } from "../../src/core/inline-comment.ts";

it.each([
  ["4 ; all but two", "; all but two"],
  ["4 # two", "# two"],
  ["4\t;two", ";two"],
  ["/srv/qm #unsere Ablage", "#unsere Ablage"],
  ["a\nb ; c", "; c"],
])("finds the comment behind %j", (value, comment) => {
  expect(inlineComment(value)).toBe(comment);
});

it.each(["", "a;b", "a; b", "Run #1", "#all", "; all", "http://h/#part", "a ;", "a # ", "a ; b\nc"])(
  "finds none in %j",
  (value) => {
    expect(inlineComment(value)).toBeUndefined();
  },
);
