import { expect, it } from "vitest";
import { formatBytes } from "../../src/text/quantity.ts";

it.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [640, "640 bytes"],
  [12_345, "12.3 kB"],
  [4e9, "4.0 GB"],
])("%i bytes are told as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
