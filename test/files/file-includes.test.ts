import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { fileIncludes } from "../../src/files/file-includes.ts";
import { scratchFolder } from "./scratch.ts";

const CHUNK_BYTES = 1024 * 1024;

function fileOf(text: string): string {
  const file = path.join(scratchFolder(), "file");
  fs.writeFileSync(file, text);
  return file;
}

it.each([0, 1, CHUNK_BYTES - 7, CHUNK_BYTES - 1, CHUNK_BYTES, 2 * CHUNK_BYTES - 13, 3 * CHUNK_BYTES])(
  "a text is found after %i bytes, also across what is read at a time",
  (before) => {
    expect(fileIncludes(fileOf(`${"x".repeat(before)}needle`), "needle")).toBe(true);
    expect(fileIncludes(fileOf(`${"x".repeat(before)}needlf`), "needle")).toBe(false);
  },
);

it("nothing is found in a file that is empty or not there", () => {
  const file = fileOf("");
  expect(fileIncludes(file, "needle")).toBe(false);
  expect(fileIncludes(`${file}-other`, "needle")).toBe(false);
});
