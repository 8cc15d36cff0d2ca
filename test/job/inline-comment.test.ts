import { expect, it } from "vitest";
import { commentNotes, inlineComment } from "../../src/job/info-check.ts";

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

it("warns of the comments behind an info file's options, where these are no part of the shell's language", () => {
  const texts = {
    info: "a test ; the second",
    size: "12 # large",
    e_mail: "ada@lab.org ; bob@lab.org",
    owner: "Ada",
  };
  const fields = Object.entries(texts).map(([key, value], at) => ({ key, value, line: at + 2 }));
  expect(commentNotes(fields, "proc_config.cfg")).toEqual([
    expect.objectContaining({
      line: 2,
      key: "info",
      wrong: 'ends in "; the second", which is part of the value',
    }),
    expect.objectContaining({ line: 3, key: "size", file: "proc_config.cfg" }),
  ]);
});

it.each([
  ["./run.sh # quick", true],
  ["make ; make install", false],
  ["cd sub ; ./run # now", false],
  ['echo "a # b"', false],
  ["sed 's/x # y/z/' in", false],
  ["echo '#1' # first", true],
])("tells of the script %j whether the shell leaves out its end: %j", (value, isTold) => {
  const notes = commentNotes([{ key: "script", value }], "x.cfg");
  expect(notes.map(({ right }) => right)).toEqual(isTold ? ["the shell takes it for a comment"] : []);
});
