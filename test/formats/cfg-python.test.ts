import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CfgEntry, readCfg } from "../../src/formats/cfg.ts";
import { tries } from "../support/chance.ts";
import { askPython } from "../support/python-batch.ts";
import { toolOrSkip } from "../support/tools.ts";

const FILES = tries(12_000);

type Option = { value: string } | { error: string };
type Reading = { error: string } | { sections: Record<string, Record<string, Option>> };

/** Between them: what Python takes for white space, what JavaScript does, what ends a line, what `ini` treats specially. */
const space = fc.constantFrom(
  ...Array.from(" \t\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u3000\ufeff\u200b\x00\x1a"),
);
const word = fc.constantFrom(
  "a",
  "b",
  "B",
  "c",
  "key",
  "KEY",
  "é",
  "É",
  "İ",
  "ΑΣ",
  "ß",
  "😀",
  "true",
  "null",
  "007",
  "0x1",
  "a.b",
  "a b",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "a[]",
  "[]",
  "|",
  "\\",
  '"',
  "'",
  '"q"',
  "\\u0041",
);
const mark = fc.constantFrom(
  "=",
  ":",
  " = ",
  " : ",
  "=\t",
  "::",
  "==",
  "#",
  ";",
  " #",
  " ;",
  "[",
  "]",
  "%",
  "%%",
  "%(",
);
const reference = fc
  .tuple(word, fc.constantFrom("s", "s", "s", "s", "s", "d", ""))
  .map(([key, end]) => `%(${key})${end}`);
const piece = fc.oneof(
  { weight: 6, arbitrary: word },
  { weight: 2, arbitrary: mark },
  { weight: 3, arbitrary: reference },
  { weight: 1, arbitrary: space },
);
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(""));
const indent = fc.oneof(
  { weight: 8, arbitrary: fc.constant("") },
  { weight: 2, arbitrary: fc.constantFrom(" ", "  ", "\t", "    ") },
  { weight: 1, arbitrary: space },
);
const delimiter = fc.constantFrom("=", ":", " = ", " : ", " =", ": ", "\t=\t", "\u2003:\u2003");
const name = fc.oneof(
  fc.constantFrom("s", "t", "S", "DEFAULT", "QMOptions", "x.y", "x]", '"x"', " ", ""),
  word,
);
const header = fc
  .tuple(name, fc.constantFrom("", "", "", " trailing", "]", " # no"))
  .map(([title, rest]) => `[${title}]${rest}`);
/** Plain options under numbered keys, so that many files are free of duplicates and reach the values. */
const numbered = fc.tuple(fc.nat(10_000), delimiter, text).map(([n, d, value]) => `k${n}${d}${value}`);
const option = fc.tuple(word, delimiter, text).map((parts) => parts.join(""));
const line = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(indent, numbered).map((parts) => parts.join("")) },
  { weight: 8, arbitrary: fc.tuple(indent, option).map((parts) => parts.join("")) },
  { weight: 3, arbitrary: fc.tuple(indent, header).map((parts) => parts.join("")) },
  { weight: 4, arbitrary: text.map((rest) => `  ${rest}`) },
  { weight: 2, arbitrary: fc.tuple(indent, fc.constantFrom("#", ";"), text).map((parts) => parts.join("")) },
  { weight: 3, arbitrary: fc.constantFrom("", " ", "\t", "\x1c", "\x85", "\u2028") },
  { weight: 1, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom("=value", ": ", ":", "=", "[]", "[", "]", "[open", "key") },
);
const ending = fc.oneof(
  { weight: 12, arbitrary: fc.constant("\n") },
  fc.constantFrom("\r\n", "\r", "\n\n", "\n\r"),
);
const cfgFile = fc
  .tuple(
    fc.constantFrom("", "", "", "\ufeff"),
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom("[s]", "[DEFAULT]", "[QMOptions]") }, fc.constant("")),
    fc.array(fc.tuple(line, ending), { maxLength: 9 }),
    fc.constantFrom("", "", "last"),
  )
  .map(
    ([bom, first, lines, last]) => `${bom}${first}\n${lines.flat().join("")}${last === "" ? "" : "end = 1"}`,
  );

describe.runIf(toolOrSkip("python3"))("readCfg beside Python's configparser", () => {
  it(`reads ${FILES} files as Python does, but for the bare percent sign`, () => {
    const texts = [...fc.sample(cfgFile, { numRuns: FILES, seed: 20260 }), ...deepReferences()];
    const python = askPython<Reading>("configparser_batch.py", texts);
    const different = texts.flatMap((one, index) => {
      const expected = python[index] as Reading;
      const ours = readHere(one, expected);
      return JSON.stringify(ours) === JSON.stringify(expected) ? [] : [{ text: one, ours, expected }];
    });
    expect(different.slice(0, 3)).toEqual([]);
    expect(summary(python)).toMatchObject({ enough: true });
  });
});

/** Our reading in the oracle's form, its order of keys taken over, and its words for a fault that we find too. */
function readHere(one: string, expected: Reading): unknown {
  const read = readCfg(one, "x.cfg");
  if (read.problems.length > 0) return { error: "error" in expected ? expected.error : read.problems };
  const sections = [...read.sections].map(([title, section]) => {
    const theirs = "sections" in expected ? (expected.sections[title] ?? {}) : {};
    const keys = [...new Set([...Object.keys(theirs), ...section.entries.keys()])];
    const options = keys.map((key) => [key, readOption(section.entries.get(key), theirs[key])]);
    return [title, Object.fromEntries(options)];
  });
  return { sections: Object.fromEntries(sections) };
}

function readOption(entry: CfgEntry | undefined, expected: Option | undefined): unknown {
  if (entry === undefined) return undefined;
  if (expected !== undefined && "error" in expected) {
    const barePercent = expected.error === "InterpolationSyntaxError";
    return barePercent || entry.value.kind === "problems" ? expected : entry.value;
  }
  return entry.value.kind === "ok" ? { value: entry.value.value } : entry.value;
}

/** Chains of 8 to 12 references, cycles, and references through `[DEFAULT]`. */
function deepReferences(): string[] {
  const chain = (length: number) =>
    `${Array.from({ length }, (_, i) => `k${i} = ${i}%(k${i + 1})s`).join("\n")}\nk${length} = end%%`;
  const chains = [8, 9, 10, 11, 12].map((length) => `[s]\n${chain(length)}\n`);
  return [
    ...chains,
    "[s]\na = %(b)s\nb = %(a)s\n",
    "[s]\na = %(a)s\n",
    "[DEFAULT]\nx = %(y)s\ny = default\n[s]\ny = own\n[t]\n",
  ];
}

function summary(readings: readonly Reading[]) {
  const read = readings.filter((one) => "sections" in one);
  const options = read.flatMap((one) =>
    Object.values(one.sections).flatMap((section) => Object.values(section)),
  );
  const good = options.filter((one) => "value" in one && one.value.includes("\n")).length;
  return { files: read.length, good, enough: read.length > FILES / 4 && good > FILES / 24 };
}
