import { expect, it } from "vitest";
import { tryOr } from "../../src/text/try-or.ts";

it("gives the value of a call, and another one where it throws", () => {
  expect(tryOr(() => "value", "other")).toBe("value");
  expect(tryOr(() => JSON.parse("{"), "other")).toBe("other");
});
