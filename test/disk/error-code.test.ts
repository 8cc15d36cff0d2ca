import fs from "node:fs";
import { expect, it } from "vitest";
import { errorCode } from "../../src/disk/error-code.ts";

it("gives the system's code of a failed call", () => {
  try {
    fs.readdirSync("/nowhere/at/all");
    expect.unreachable();
  } catch (error) {
    expect(errorCode(error)).toBe("ENOENT");
  }
});

it.each([
  [new Error("plain")],
  [Object.assign(new Error("odd"), { code: 7 })],
  ["ENOENT"],
  [{ code: "ENOENT" }],
  [undefined],
])("gives none for any other error: %s", (error) => expect(errorCode(error)).toBeUndefined());
