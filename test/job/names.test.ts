import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finalNameOf, foldName, freeName, isIgnoredName } from "../../src/job/names.ts";

const neverTaken = () => false;

function takenNames(...names: readonly string[]): (folded: string) => boolean {
  const taken = new Set(names.map(foldName));
  return (folded) => taken.has(folded);
}

describe("names that are never jobs", () => {
  it.each([
    ".hidden",
    ".",
    "~lock",
    "data.part",
    "data.filepart",
    "data.tmp",
    "DATA.PART",
    "Data.FilePart",
    "x.TMP",
  ])("ignores %s", (name) => expect(isIgnoredName(name)).toBe(true));

  it.each([
    [
      "Windows",
      ["Thumbs.db", "desktop.ini", "$RECYCLE.BIN", "RECYCLER", "System Volume Information", "FOUND.000"],
    ],
    ["macOS", ["Icon\r", "Icon\uf00d", "__MACOSX", "Network Trash Folder", "Temporary Items", ".DS_Store"]],
    ["Linux", ["lost+found", "aquota.user", "quota.group", ".Trash-1000"]],
    ["a NAS", ["@eaDir", "#recycle", "#snapshot", "@Recycle", "@tmp", "@Recently-Snapshot"]],
  ])("ignores what %s puts into a share, in any case of letters and Unicode form", (_, names) => {
    for (const name of names)
      for (const spelt of [name, name.toUpperCase(), name.toLowerCase(), name.normalize("NFD")])
        expect(isIgnoredName(spelt), spelt).toBe(true);
  });

  it.each(
    [
      ["job", "a.b", "part", "my.part.2", "a~", "thumbs", "tmp", "Résumé n° 7", "with\nnewline"],
      ["lost+found-2", "recycle", "@home", "#12", "found.1", "Icon", "desktop.ini.job", "quota"],
    ].flat(),
  )("takes %j for a job", (name) => expect(isIgnoredName(name)).toBe(false));
});

describe("the name that a temporary name is to become", () => {
  it.each([
    [".job", "job"],
    ["~job", "job"],
    [".~job", "job"],
    ["job.part", "job"],
    ["job.filepart", "job"],
    ["job.tmp", "job"],
    [".job.part", "job"],
    ["Job.Part", "Job"],
    ["job.part.part", "job.part"],
  ])("%s becomes %s", (temporary, name) => expect(finalNameOf(temporary)).toBe(name));

  it.each(["job", ".", "~", ".part", "Thumbs.db", ""])("is not told by %j", (name) =>
    expect(finalNameOf(name)).toBeUndefined(),
  );
});

describe("names that count as the same job", () => {
  it.each([
    ["in another case", "Job", "jOB"],
    ["composed and decomposed", "caf\u00e9", "cafe\u0301"],
    ["both at once", "CAFE\u0301", "caf\u00e9"],
    ["where only the small letter has a composed form", "J\u030cob", "\u01f0ob"],
  ])("%s", (_, one, other) => expect(foldName(one)).toBe(foldName(other)));

  it("keeps names apart that differ in a letter or an accent", () => {
    expect(foldName("resume")).not.toBe(foldName("résumé"));
  });

  it("changes nothing any more when it is done again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        expect(foldName(foldName(name))).toBe(foldName(name));
      }),
    );
  });
});

describe("a free name", () => {
  it("is the name itself where nothing has it", () => {
    expect(freeName("Job", neverTaken)).toBe("Job");
  });

  it("is the first number from 2 up that is free", () => {
    expect(freeName("job", takenNames("job"))).toBe("job-2");
    expect(freeName("job", takenNames("job", "job-2", "job-3"))).toBe("job-4");
    expect(freeName("job", takenNames("job", "job-3"))).toBe("job-2");
  });

  it("counts a name of another case or another composition as taken", () => {
    expect(freeName("job", takenNames("JOB", "Job-2"))).toBe("job-3");
    expect(freeName("caf\u00e9", takenNames("cafe\u0301"))).toBe("caf\u00e9-2");
  });

  it("keeps a name of 255 bytes whole, and cuts it only to make room for its number", () => {
    const longest = "x".repeat(255);
    expect(freeName(longest, neverTaken)).toBe(longest);
    expect(freeName(longest, takenNames(longest))).toBe(`${"x".repeat(253)}-2`);
  });

  it.each([
    ["é", 2],
    ["語", 3],
    ["😀", 4],
  ])("never cuts the character %s in two", (character, bytes) => {
    const name = character.repeat(Math.floor(255 / bytes));
    const free = freeName(name, takenNames(name));
    expect(free).toBe(`${character.repeat(Math.floor(253 / bytes))}-2`);
    expect(Buffer.byteLength(free)).toBeLessThanOrEqual(255);
  });

  it("counts up past ten where a cut name is taken too", () => {
    const longest = "x".repeat(255);
    const taken = [longest];
    for (let number = 2; number <= 12; number += 1) {
      const free = freeName(longest, takenNames(...taken));
      expect(free.endsWith(`-${number}`)).toBe(true);
      expect(free).toHaveLength(255);
      taken.push(free);
    }
  });

  it("brings a name that is too long by itself down to what fits", () => {
    expect(freeName("é".repeat(200), neverTaken)).toBe("é".repeat(127));
  });

  it("is never one that counts as taken, and always fits into 255 bytes", () => {
    const names = fc.oneof(
      fc.constantFrom("job", "JOB", "Job-2", "job-3", "café", "cafe\u0301", "x".repeat(255)),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 90 }),
    );
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 12 }), (arrivals) => {
        const taken = new Set<string>();
        for (const name of arrivals) {
          const free = freeName(name, (folded) => taken.has(folded));
          expect(taken.has(foldName(free))).toBe(false);
          expect(Buffer.byteLength(free)).toBeLessThanOrEqual(255);
          taken.add(foldName(free));
        }
      }),
    );
  });
});
