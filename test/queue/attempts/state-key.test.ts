import fc from "fast-check";
import { expect, it } from "vitest";
import { stateKey } from "../../../src/queue/attempts/attempts.ts";

it("is the job's name itself where there is room for a suffix", () => {
  expect(stateKey("job")).toBe("job");
  expect(stateKey("x".repeat(200))).toBe("x".repeat(200));
});

it("is the beginning and a hash of a longer name", () => {
  expect(stateKey("x".repeat(255))).toMatch(/^x{40}~[0-9a-f]{32}$/);
  expect(stateKey("é".repeat(127))).toMatch(/^é{40}~[0-9a-f]{32}$/);
});

it("is unlike for names that differ in their last character only", () => {
  const beginning = "x".repeat(254);
  expect(stateKey(`${beginning}a`)).not.toBe(stateKey(`${beginning}b`));
});

it("leaves room for a suffix and cuts no character in two, whatever the name", () => {
  const characters = fc.constantFrom("a", "é", "語", "😀", " ", "\n");
  fc.assert(
    fc.property(fc.array(characters, { minLength: 1, maxLength: 255 }), (name) => {
      const key = stateKey(name.join(""));
      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(200);
      expect(key).not.toContain("\ufffd");
    }),
  );
});
