import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INFO_FILE_ENDINGS, readInfoText } from "../../src/formats/info-text.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function read(content: string | Uint8Array, file: string) {
  const result = readInfoText(typeof content === "string" ? encode(content) : content, file);
  return result.problems.length === 0
    ? Object.fromEntries((result.fields ?? []).map(({ key, value }) => [key, value]))
    : result.problems;
}

describe("readInfoText", () => {
  it.each([
    ["proc_config.cfg", "[QMOptions]\nscript : ./run\n"],
    ["job.INI", "\ufeff[QMOptions]\r\nscript = ./run\r\n"],
    ["infos.xml", '\ufeff<r><script value="./run"/></r>'],
    ["my.job.json", '\ufeff{"script": "./run"}'],
    ["run", '{"script": "./run"}'],
  ])("reads %s by its ending", (file, text) => {
    if (file === "run")
      expect(read(text, file)).toMatchObject([{ file, wrong: expect.stringContaining("no ending") }]);
    else expect(read(text, file)).toEqual({ script: "./run" });
  });

  it("takes a script as its own command line", () => {
    expect(read("#!/bin/sh\n#QM nb_proc=2\n", "job.sh")).toEqual({ script: "./job.sh", nb_proc: "2" });
  });

  it("tells which endings there are", () => {
    expect(INFO_FILE_ENDINGS).toEqual([".cfg", ".ini", ".xml", ".json", ".sh"]);
    expect(read("", "infos.txt")).toMatchObject([
      { right: expect.stringContaining(".cfg, .ini, .xml, .json, .sh") },
    ]);
  });

  it("reads only known keys of [QMOptions], in any case, e-mail for e_mail", () => {
    const text = "[Proc]\nscript = no\n[qmoptions]\nScript = yes\ne-mail = a@lab\nmine = %(nope)s\n";
    expect(read(text, "a.cfg")).toEqual({ script: "yes", e_mail: "a@lab" });
  });

  it("prefers the section whose name is exact", () => {
    expect(read("[qmoptions]\nscript=a\n[QMOptions]\nscript=b\n", "a.cfg")).toEqual({ script: "b" });
  });

  it("names the sections there are when [QMOptions] is missing", () => {
    expect(read("[Proc]\na=1\n[QMOption]\n", "a.cfg")).toMatchObject([
      { file: "a.cfg", wrong: 'has no section [QMOptions], only "[Proc]", "[QMOption]"' },
    ]);
    expect(read("", "a.cfg")).toMatchObject([{ wrong: "has no section [QMOptions], nor any other" }]);
  });

  it("reports bad references of all known keys", () => {
    const text = "[QMOptions]\nscript = %(a)s\nsize = %(b)s\nmine = %(c)s\n";
    expect(read(text, "a.cfg")).toMatchObject([
      { key: "script", line: 2 },
      { key: "size", line: 3 },
    ]);
  });

  it.each(["utf16le", "swapped"])("reads what Windows calls Unicode: %s", (order) => {
    for (const [file, text] of [
      ["a.cfg", "[QMOptions]\nscript = ls Prüfung\n"],
      ["a.json", '{"script": "ls Prüfung"}'],
      ["a.xml", '<?xml version="1.0" encoding="UTF-16"?><a><script>ls Prüfung</script></a>'],
    ] as const) {
      const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
      expect(read(order === "swapped" ? bytes.swap16() : bytes, file)).toEqual({ script: "ls Prüfung" });
    }
  });

  it("refuses UTF-16 that is cut, and as a script, which no shell would run", () => {
    const utf16 = Buffer.from("\ufeff[QMOptions]\nscript = ls\n", "utf16le");
    expect(read(utf16.subarray(0, -1), "a.cfg")).toMatchObject([
      { wrong: expect.stringContaining("utf-16le") },
    ]);
    expect(read(utf16, "a.sh")).toMatchObject([{ wrong: expect.stringContaining("UTF-16") }]);
  });

  const xml = (encoding: string) =>
    `<?xml version='1.0' encoding = "${encoding}" ?>\n<a><script>caf\xe9 \x80</script></a>`;

  it.each([
    ["ISO-8859-1", "café €"],
    ["windows-1252", "café €"],
    ["us-ascii", "café €"],
    ["iso-8859-15", "café \x80"],
    ["KOI8-R", "cafИ ─"],
  ])("reads xml in the encoding that it declares: %s", (encoding, script) => {
    expect(read(Buffer.from(xml(encoding), "latin1"), "a.xml")).toEqual({ script });
  });

  it("believes a byte-order mark more than a declaration", () => {
    expect(read(Buffer.from(`\ufeff${xml("ISO-8859-1")}`), "a.xml")).toEqual({ script: "café \x80" });
  });

  it.each([
    ["no-such-thing", 'declares the encoding "no-such-thing", which is not known'],
    ["UTF-7", 'declares the encoding "UTF-7", which is not known'],
    ["utf-16", 'declares the encoding "utf-16" but does not have it'],
    ["Shift_JIS", 'is not whole, or not in the encoding "Shift_JIS"'],
    ["UTF-8", "is not UTF-8: byte 59 begins no character"],
  ])("refuses xml that declares %s and has something else", (encoding, wrong) => {
    expect(read(Buffer.from(xml(encoding), "latin1"), "a.xml")).toMatchObject([
      { wrong: expect.stringContaining(wrong.replace(/ byte.*/, "")), right: "should be saved as UTF-8" },
    ]);
  });

  it("tells line and byte where a file stops being UTF-8", () => {
    const latin1 = Buffer.from("[QMOptions]\ninfo = caf\xe9 au lait\n", "latin1");
    expect(read(latin1, "a.cfg")).toMatchObject([{ line: 2, wrong: expect.stringContaining("byte 22 ") }]);
    const cut = encode("<r>é").subarray(0, 4);
    expect(read(cut, "a.xml")).toMatchObject([{ line: 1, wrong: expect.stringContaining("byte 3 ") }]);
  });

  it("finds the first bad byte in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (before, after) => {
        const head = encode(before);
        const bytes = Uint8Array.from([...head, 0xc0, ...encode(after)]);
        expect(read(bytes, "a.json")).toMatchObject([
          { wrong: expect.stringContaining(`byte ${head.length} `) },
        ]);
      }),
    );
  });

  it("answers to any bytes under any ending", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(...INFO_FILE_ENDINGS),
        (bytes, ending) => {
          const { fields, problems } = readInfoText(bytes, `job${ending}`);
          expect(fields !== undefined || problems.length > 0).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
