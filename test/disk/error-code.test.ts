import fs from "node:fs";
import { expect, it } from "vitest";
import { errorCode, ifThere } from "../../src/disk/error-code.ts";

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

it("gives the code of the closing where that has failed after another error", () => {
  const closing = Object.assign(new Error("close"), { code: "EDQUOT" });
  const failed = () => {
    using file = {
      [Symbol.dispose]: () => {
        throw closing;
      },
    };
    throw Object.assign(new Error(`write to ${typeof file}`), { code: "EIO" });
  };
  try {
    failed();
    expect.unreachable();
  } catch (error) {
    expect(errorCode(error)).toBe("EDQUOT");
  }
});

it("tells absence from trouble", () => {
  expect(ifThere(() => fs.readdirSync("/nowhere/at/all"))).toBeUndefined();
  expect(ifThere(() => fs.readdirSync("/etc/passwd/below"))).toBeUndefined();
  const trouble = () => {
    throw Object.assign(new Error("disk"), { code: "EIO" });
  };
  expect(() => ifThere(trouble)).toThrow("disk");
});
