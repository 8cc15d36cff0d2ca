import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathOf, segmentsOf } from "../../../src/web/files/asked-file.ts";

function texts(rawPath: string): string[] | undefined {
  return segmentsOf(rawPath)?.map((segment) => segment.toString("latin1"));
}

describe("the names in an address", () => {
  test("are decoded once, in bytes", () => {
    expect(texts("/raw/QM_dJobs/a%20b/%E9%ff")).toEqual(["raw", "QM_dJobs", "a b", "\xe9\xff"]);
    expect(texts("/raw/%252e%252e/%2541")).toEqual(["raw", "%2e%2e", "%41"]);
    expect(texts("/a+b/\xc3\xa9")).toEqual(["a+b", "\xc3\xa9"]);
  });

  test("may end with one slash", () => {
    expect(texts("/view/job/")).toEqual(["view", "job"]);
    expect(texts("/view/job//")).toBeUndefined();
  });

  test.each([
    "",
    "raw/a",
    "http://host/raw/a",
    "//raw",
    "/raw//a",
    "/raw/../etc/passwd",
    "/raw/%2e%2e/a",
    "/raw/.%2E/a",
    "/raw/./a",
    "/raw/a%2fb",
    "/raw/..%2f..%2fetc%2fpasswd",
    "/raw/a%00",
    "/raw/%",
    "/raw/%4",
    "/raw/%zz",
    "/raw/%u0041",
    "/raw/a#b",
    "/raw/a b",
    "/raw/a\n",
    "/raw/\u0141",
  ])("are none in %j", (rawPath) => {
    expect(texts(rawPath)).toBeUndefined();
  });

  test("come back from the address made of them", () => {
    const byte = fc.integer({ min: 1, max: 255 }).filter((code) => code !== 0x2f);
    const name = fc
      .array(byte, { minLength: 1, maxLength: 20 })
      .map((bytes) => Buffer.from(bytes))
      .filter((bytes) => !["", ".", ".."].includes(bytes.toString("latin1")));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), (segments) => {
        const address = pathOf(segments);
        expect(address).toMatch(/^[\x21-\x7e]+$/);
        expect(segmentsOf(address)).toEqual(segments);
      }),
    );
  });

  test("never lead elsewhere, whatever the address", () => {
    const piece = fc.constantFrom("/", ".", "..", "%2e", "%2f", "%5c", "%00", "%25", "2e", "a", "\\", "%");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        for (const segment of segmentsOf(`/${pieces.join("")}`) ?? []) {
          const text = segment.toString("latin1");
          expect(["", ".", ".."]).not.toContain(text);
          expect(text).not.toMatch(/[/\0]/);
        }
      }),
    );
  });
});
