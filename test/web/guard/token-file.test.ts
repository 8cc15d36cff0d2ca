import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { followTokens, openTokens } from "../../../src/web/guard/token.ts";
import { scratchFolder } from "../../support/scratch.ts";

const CHOSEN = "chosen-by-the-administrator-2026";

let folder = "";
let file = "";

beforeEach(() => {
  folder = scratchFolder();
  file = path.join(folder, "api-token");
});

const written = () => fs.readFileSync(file, "utf8").trim();

describe("the tokens of a page that runs", () => {
  test("stay the same for as long as the file does", () => {
    const tokens = followTokens(file);
    const first = tokens();
    expect(first.api).toBe(written());
    expect(tokens()).toBe(tokens());
    expect(tokens()).toEqual(first);
  });

  test("are in memory alone while the disk has no room for the file, and stay the same", () => {
    const write = vi.spyOn(fs, "writeFileSync").mockImplementation(() => {
      throw Object.assign(new Error("no inode"), { code: "ENOSPC" });
    });
    const tokens = followTokens(file);
    const first = tokens();
    expect(tokens()).toEqual(first);
    write.mockRestore();
    expect(tokens().api).not.toBe(first.api);
    expect(tokens().api).toBe(written());
  });

  test("are made anew when the file is deleted", () => {
    const tokens = followTokens(file);
    const before = tokens();
    fs.rmSync(file);
    const after = tokens();
    expect(after.api).not.toBe(before.api);
    expect(after.form).not.toBe(before.form);
    expect(after.api).toBe(written());
    expect(tokens()).toEqual(after);
  });

  test("are those that somebody has written into the file, or put in its place", () => {
    const tokens = followTokens(file);
    tokens();
    fs.writeFileSync(file, `${CHOSEN}\n`);
    expect(tokens()).toEqual(openTokens(file));
    expect(tokens().api).toBe(CHOSEN);
    fs.writeFileSync(`${file}.new`, `another-${CHOSEN}`);
    fs.renameSync(`${file}.new`, file);
    expect(tokens().api).toBe(`another-${CHOSEN}`);
  });

  test("are known to nobody while the file is being written, which keeps what is written", () => {
    const tokens = followTokens(file);
    const before = tokens();
    const handle = fs.openSync(file, "w");
    const between = [tokens(), tokens()];
    fs.writeSync(handle, CHOSEN);
    fs.closeSync(handle);
    expect(new Set([before, ...between].map(({ api }) => api)).size).toBe(3);
    expect(tokens().api).toBe(CHOSEN);
  });

  test("replace what is no token and stays so", () => {
    const tokens = followTokens(file);
    fs.writeFileSync(file, "short");
    fs.utimesSync(file, 1, 1);
    expect(tokens().api).toBe(written());
    expect(written()).not.toBe("short");
  });

  test("are known to nobody while their folder is gone, which is not made anew", () => {
    const tokens = followTokens(file);
    const before = tokens();
    fs.renameSync(folder, `${folder}-aside`);
    expect(tokens().api).not.toBe(before.api);
    expect(fs.existsSync(folder)).toBe(false);
    fs.renameSync(`${folder}-aside`, folder);
    expect(tokens()).toEqual(before);
  });
});
