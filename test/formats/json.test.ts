import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJsonInfo, readJsonLines } from "../../src/formats/json.ts";
import { INFO_KEYS } from "../../src/job/info-key.ts";
import { costOfTenfold } from "../support/cost.ts";

function fieldsOf(text: string) {
  const read = readJsonInfo(text, "job.json");
  return read.problems.length === 0
    ? Object.fromEntries((read.fields ?? []).map(({ key, value }) => [key, value]))
    : read.problems;
}

describe("readJsonInfo", () => {
  it("reads strings and numbers as text, keys in any case, e-mail for e_mail", () => {
    expect(fieldsOf('{"Script": "./run", "nb_proc": 4, "kill_grace": 0.5, "e-mail": "a@lab"}')).toEqual({
      script: "./run",
      nb_proc: "4",
      kill_grace: "0.5",
      e_mail: "a@lab",
    });
  });

  it("joins lists of addresses and of moments", () => {
    expect(fieldsOf('{"e_mail": ["a@lab", "b@lab"], "mail_on": ["start", "fail"]}')).toEqual({
      e_mail: "a@lab,b@lab",
      mail_on: "start,fail",
    });
  });

  it.each(INFO_KEYS)("takes null for no value: %s", (key) => {
    expect(fieldsOf(`{"${key}": null}`)).toEqual({ [key]: "" });
  });

  it("ignores the user's own keys, of any type", () => {
    const text =
      '{"mine": {"script": 1}, "__proto__": {"script": "no"}, "constructor": null, "x": [1], "script": "a"}';
    expect(fieldsOf(text)).toEqual({ script: "a" });
  });

  it("tells the line of each option", () => {
    const read = readJsonInfo(
      '\ufeff{\n  "mine": {"script": 1},\n\n  "script":\n "a",\r\n "size": 1 }',
      "job.json",
    );
    expect(read.fields?.map(({ line }) => line)).toEqual([4, 6]);
  });

  it("reports every value of a wrong type, with its line", () => {
    const text = '{\n"script": ["a"],\n"nb_proc": false,\n"size": true,\n"e_mail": [1],\n"mail_on": {}\n}';
    expect(fieldsOf(text)).toEqual([
      {
        file: "job.json",
        key: "script",
        line: 2,
        wrong: "is a list",
        right: "should be a string or a number",
      },
      {
        file: "job.json",
        key: "nb_proc",
        line: 3,
        wrong: "is false",
        right: "should be a string or a number",
      },
      { file: "job.json", key: "size", line: 4, wrong: "is true", right: "should be a string or a number" },
      {
        file: "job.json",
        key: "e_mail",
        line: 5,
        wrong: "is a list",
        right: "should be a string, or a list of strings",
      },
      {
        file: "job.json",
        key: "mail_on",
        line: 6,
        wrong: "is an object",
        right: "should be a string, or a list of strings",
      },
    ]);
  });

  it.each(["[]", '"script"', "1", "null"])("refuses %s, which is no object", (text) => {
    expect(fieldsOf(text)).toMatchObject([{ line: 1, wrong: "is no JSON object" }]);
  });

  it.each([
    ['{\n"script": "a"\n"size": 1}', 3],
    ['{\n"script": a}', 2],
    ["{\n'script': 'a'}", 2],
    ['{"script": "a"}\n}', 2],
    ['{"script": "a\nb"}', 1],
    ['{\n"script": "\\x"}', 2],
    ['{\n"nb_proc": 007}', 2],
    ['{"a":\n: 1}', 2],
    ['{"a": 1\n]', 2],
    ['{"script": "a",\n\n', 1],
    ["", 1],
  ])("refuses %j and tells the line where it stops being JSON", (text, line) => {
    const wrong = expect.stringMatching(/^is not JSON from column \d+ on$/);
    expect(fieldsOf(text)).toMatchObject([{ file: "job.json", line, wrong }]);
  });

  it.each([
    ['{"script": "ls", "nb_proc": "4",}', 1, 32],
    ['{\n  "script": "ls",\n\n}', 2, 17],
    ['{"script": "ls", "e_mail": ["a@lab", ]}', 1, 36],
    ['{"a": [1,\n]}', 1, 9],
    ['{"a": {"b": 1,},\n"script": "ls"}', 1, 14],
  ])("names the trailing comma of %j", (text, line, column) => {
    const wrong = `has a trailing comma at column ${column}`;
    expect(fieldsOf(text)).toMatchObject([{ file: "job.json", line, wrong }]);
  });

  it.each([
    ['{"script": ls}', 12],
    ['{\n "script": "ls",, }', 17],
    ["{'script': 1}", 2],
    ['{"script": "ls"', 16],
  ])("tells the column where %j stops being JSON", (text, column) => {
    expect(fieldsOf(text)).toMatchObject([{ wrong: `is not JSON from column ${column} on` }]);
  });

  it("finds no fault in any JSON, and the line of every key", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(0, 2, "\t"),
        (object, indent) => {
          const text = JSON.stringify(object, null, indent);
          const { faultLine, keyLines } = readJsonLines(text);
          expect(faultLine).toBe(text.split("\n").length);
          expect(keyLines.size).toBe(Object.keys(object).length);
        },
      ),
    );
  });

  it("puts the fault on the line of a stray mark", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (object, n) => {
        const lines = JSON.stringify(object, null, 1).split("\n");
        const at = n % lines.length;
        const broken = lines.with(at, `@${lines[at]}`).join("\n");
        expect(readJsonLines(broken).faultLine).toBe(at + 1);
      }),
    );
  });

  it.each<[string, (n: number) => string]>([
    ["brackets", (n) => "[".repeat(n)],
    ["keys", (n) => `{${Array.from({ length: n }, (_, i) => `"k${i}":${i}`).join(",\n")}}`],
    ["quotes", (n) => '"'.repeat(n)],
    ["backslashes", (n) => `{"a": "${"\\".repeat(n)}`],
    ["spaces", (n) => `{${" ".repeat(n)}x`],
  ])("reads many %s in a time that grows with their number", (_, make) => {
    expect(costOfTenfold(10_000, (n) => readJsonInfo(make(n), "job.json"))).toBeLessThan(30);
  });
});
