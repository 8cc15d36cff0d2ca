import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentDisposition, harmlessName, nameText } from "../../../src/web/files/name-text.ts";

const anyName = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 255 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: "binary", minLength: 1 }).map((text) => Buffer.from(text)),
);

describe("a name in Content-Disposition", () => {
  test.each([
    ["a.txt", `filename="a.txt"; filename*=UTF-8''a.txt`],
    ['a"; x="b', `filename="a__ x__b"; filename*=UTF-8''a%22%3B%20x%3D%22b`],
    ["a\r\nSet-Cookie: x", `filename="a__Set-Cookie_ x"; filename*=UTF-8''a__Set-Cookie%3A%20x`],
    ["é'(*)", `filename="_____"; filename*=UTF-8''%C3%A9%27%28%2A%29`],
    ["gpj.\u202eexe", `filename="gpj._exe"; filename*=UTF-8''gpj._exe`],
    ["..\\..\\evil", `filename=".._.._evil"; filename*=UTF-8''.._.._evil`],
  ])("%j", (name, expected) => {
    expect(contentDisposition("attachment", Buffer.from(name))).toBe(`attachment; ${expected}`);
  });

  test("that is not UTF-8 is read as Latin-1", () => {
    expect(contentDisposition("inline", Buffer.from([0xe9]))).toBe(
      `inline; filename="_"; filename*=UTF-8''%C3%A9`,
    );
  });

  test("cannot break it, whatever its bytes", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(contentDisposition("attachment", name)).toMatch(
          /^attachment; filename="[A-Za-z0-9 ._-]*"; filename\*=UTF-8''(?:[A-Za-z0-9._~!-]|%[0-9A-F]{2})*$/,
        );
      }),
    );
  });
});

test("a harmless name leads nowhere and holds no control, whatever its bytes", () => {
  fc.assert(
    fc.property(anyName, (name) => {
      expect(harmlessName(name)).not.toMatch(/[/\\\p{Cc}\u202a-\u202e\u2066-\u2069]|^[. ]+$|^[A-Za-z]:/u);
      expect(harmlessName(name)).not.toBe("");
    }),
  );
});

test("a harmless name stays as it is when nothing is wrong with it", () => {
  for (const name of ["a b.txt", ".qm", "12:30.log", "日本", "-x", "..."])
    expect(nameText(Buffer.from(name))).toBe(name);
  for (const name of ["a b.txt", ".qm", "12:30.log", "日本", "-x"])
    expect(harmlessName(Buffer.from(name))).toBe(name);
});
