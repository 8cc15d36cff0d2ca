import { describe, expect, it } from "vitest";
import { type CfgSection, readCfg } from "../../src/formats/cfg.ts";
import type { Problem } from "../../src/text/problem.ts";
import { costOfTenfold } from "../support/cost.ts";

function section(text: string, name = "s"): CfgSection {
  const { sections, problems } = readCfg(text, "x.cfg");
  const found = problems.length === 0 ? sections.get(name) : undefined;
  if (found === undefined) throw new Error(`no section ${name}: ${JSON.stringify(problems)}`);
  return found;
}

function valueAt(text: string, key: string, name = "s") {
  const value = section(text, name).entries.get(key)?.value;
  return value?.kind === "ok" ? value.value : value?.problems;
}

function problemsOf(text: string): readonly Problem[] {
  return readCfg(text, "x.cfg").problems;
}

describe("readCfg", () => {
  it("keeps an inline semicolon and hash as part of the value", () => {
    expect(valueAt("[s]\nscript : a; b # c\n", "script")).toBe("a; b # c");
  });

  it("splits at the first of = and :", () => {
    expect(valueAt("[s]\na = b:c=d\n", "a")).toBe("b:c=d");
    expect(valueAt("[s]\nurl: http://x?y=z\n", "url")).toBe("http://x?y=z");
  });

  it("joins indented continuation lines, across comments and blank lines", () => {
    expect(valueAt("[s]\na = 1\n  2\n# no\n\n  3\nb = 4\n", "a")).toBe("1\n2\n\n3");
  });

  it("finds keys in lower case and keeps them as written", () => {
    const entry = section("[s]\nNb_Proc = 4\n").entries.get("nb_proc");
    expect(entry).toMatchObject({ key: "Nb_Proc", line: 2, value: { kind: "ok", value: "4" } });
  });

  it("tells a section's and an entry's line, in files with any line ends", () => {
    const found = section("\ufeff\r\n# x\r[s]\n\n\na = 1\n");
    expect([found.line, found.entries.get("a")?.line]).toEqual([3, 6]);
  });

  it("inherits from [DEFAULT], which is no section of its own", () => {
    const text = "[DEFAULT]\na = 1\nb = 2\n[s]\nb = 3\n";
    expect([valueAt(text, "a"), valueAt(text, "b")]).toEqual(["1", "3"]);
    expect([...readCfg(text, "x.cfg").sections.keys()]).toEqual(["s"]);
  });

  it("keeps names and values that ini would bend", () => {
    const text = "[a.b]\n__proto__ = 1\nk[] = 2\nconstructor = true\nx = null\n[__proto__]\nq = 'single'\n";
    const entries = [...section(text, "a.b").entries].map(([key, { value }]) => [
      key,
      value.kind === "ok" && value.value,
    ]);
    expect(entries).toEqual([
      ["__proto__", "1"],
      ["k[]", "2"],
      ["constructor", "true"],
      ["x", "null"],
    ]);
    expect(valueAt(text, "q", "__proto__")).toBe("'single'");
  });

  it("does not find what an object would have by birth", () => {
    expect(section("[s]\na = 1\n").entries.get("constructor")).toBeUndefined();
    expect(valueAt("[s]\na = %(constructor)s\n", "a")).toHaveLength(1);
  });

  it("interpolates references and doubled percent signs", () => {
    expect(valueAt("[s]\nn = 4\na = run -j %(N)s at 100%%\n", "a")).toBe("run -j 4 at 100%");
  });

  it("keeps a percent sign that begins nothing", () => {
    const text = "[s]\na = date +%Y-%m %(b) %()s 100%\nb = 1\n";
    expect(valueAt(text, "a")).toBe("date +%Y-%m %(b) %()s 100%");
  });

  it("reports all faults of syntax at once, with their lines", () => {
    const text = "[s]\na = 1\nA = 2\nfoo\n= 3\n[s]\n";
    expect(problemsOf(text).map((problem) => [problem.line, problem.wrong])).toEqual([
      [3, '"A" is given again, first on line 2'],
      [4, '"foo" is neither a [section] nor an option'],
      [5, "there is no key before the = or :"],
      [6, 'the section "[s]" stands here again, first on line 1'],
    ]);
  });

  it("reports once that lines stand before any section", () => {
    expect(problemsOf("a = 1\nb = 2\n").map((problem) => [problem.file, problem.line])).toEqual([
      ["x.cfg", 1],
    ]);
  });

  it("lets a bad reference matter only where it is read", () => {
    const text = "[Proc]\nbad = %(nope)s\n[s]\na = 1\n";
    expect(valueAt(text, "a")).toBe("1");
    expect(valueAt(text, "bad", "Proc")).toEqual([
      {
        file: "x.cfg",
        line: 2,
        key: "bad",
        wrong: 'refers to "nope", which is not in this section',
        right: "should name a key of the section or of [DEFAULT]; write %% for a percent sign",
      },
    ]);
  });

  it("refuses references in a circle", () => {
    expect(valueAt("[s]\na = %(b)s\nb = %(a)s\n", "a")).toMatchObject([{ key: "a", line: 2 }]);
  });

  it("refuses references that multiply, without filling the memory", () => {
    const levels = Array.from({ length: 9 }, (_, i) => `k${i} = ${`%(k${i + 1})s`.repeat(50)}`);
    for (const last of ["k9 = x", "k9 ="]) {
      expect(valueAt(["[s]", ...levels, last].join("\n"), "k0")).toMatchObject([
        { wrong: "grows too long by its references" },
      ]);
    }
  });

  it("reads a file of nothing but opened references, sections or defaults in a time that grows with its size", () => {
    const hostile = (n: number) => [
      `[s]\na = ${"%(".repeat(n)}`,
      `[s]\n${"a%(\n ".repeat(n)}`,
      `[DEFAULT]\n${Array.from({ length: n }, (_, i) => `k${i}=1\n`).join("")}${Array.from({ length: n }, (_, i) => `[s${i}]\n`).join("")}[s]\na = 1\n`,
    ];
    const readAll = (n: number) => {
      for (const text of hostile(n)) readCfg(`${text}\n[t]\n`, "x");
      valueAt(hostile(n)[0] as string, "a");
    };
    expect(costOfTenfold(2_000, readAll)).toBeLessThan(30);
  });
});
