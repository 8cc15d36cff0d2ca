import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { isSame, openTokens } from "../../../src/web/guard/token.ts";
import { asOrdinaryUser, makeFifo, namesIn, rootOrSkip, scratchFolder } from "../../support/scratch.ts";

const modeOf = (file: string) => fs.lstatSync(file).mode & 0o7777;

test("the file is made for its owner alone, whatever the mask, and nothing is left beside it", () => {
  const folder = scratchFolder();
  const before = process.umask(0);
  try {
    const { api } = openTokens(path.join(folder, "api-token"));
    expect(modeOf(path.join(folder, "api-token"))).toBe(0o600);
    expect(fs.readFileSync(path.join(folder, "api-token"), "utf8")).toBe(`${api}\n`);
    expect(namesIn(folder)).toEqual(["api-token"]);
    expect(api.length).toBeGreaterThan(40);
  } finally {
    process.umask(before);
  }
});

test("every later page, and another process, has the same tokens", () => {
  const file = path.join(scratchFolder(), "api-token");
  const first = openTokens(file);
  expect(openTokens(file)).toEqual(first);
  expect(execFileSync("cat", [file]).toString().trim()).toBe(first.api);
});

test("the token of the forms tells nothing of the one for programs", () => {
  const { api, form } = openTokens(path.join(scratchFolder(), "api-token"));
  expect(form).not.toContain(api.slice(0, 8));
  expect(form.length).toBeGreaterThan(40);
});

test("a token that a person has chosen stays, if it is long enough", () => {
  const file = path.join(scratchFolder(), "api-token");
  fs.writeFileSync(file, "chosen-by-the-administrator-2026\n", { mode: 0o640 });
  expect(openTokens(file).api).toBe("chosen-by-the-administrator-2026");
  expect(modeOf(file)).toBe(0o640);
});

test.each([
  ["nothing", ""],
  ["an empty line", "\n"],
  ["what can be guessed", "short"],
  ["words", "a b c with spaces in it, long enough"],
  ["what is far too long", "x".repeat(2000)],
  ["several lines", "line\nline\n".repeat(9)],
])("what is no token is replaced: %s", (_what, text) => {
  const file = path.join(scratchFolder(), "api-token");
  fs.writeFileSync(file, text, { mode: 0o666 });
  const { api } = openTokens(file);
  expect(fs.readFileSync(file, "utf8")).toBe(`${api}\n`);
  expect(modeOf(file)).toBe(0o600);
});

test("a link in its place is replaced, and what it leads to stays", () => {
  const folder = scratchFolder();
  const target = path.join(folder, "target");
  fs.writeFileSync(target, "somebody-else's-secret-is-here\n");
  fs.symlinkSync(target, path.join(folder, "api-token"));
  const { api } = openTokens(path.join(folder, "api-token"));
  expect(fs.readFileSync(target, "utf8")).toBe("somebody-else's-secret-is-here\n");
  expect(fs.lstatSync(path.join(folder, "api-token")).isFile()).toBe(true);
  expect(api).not.toContain("secret");
});

test("a FIFO or a folder in its place is replaced, and nobody waits", () => {
  const folder = scratchFolder();
  makeFifo(path.join(folder, "fifo"));
  fs.mkdirSync(path.join(folder, "folder/inner"), { recursive: true });
  for (const name of ["fifo", "folder"]) {
    const { api } = openTokens(path.join(folder, name));
    expect(fs.readFileSync(path.join(folder, name), "utf8")).toBe(`${api}\n`);
  }
});

test.runIf(rootOrSkip())("another user's token is neither replaced nor passed over in silence", () => {
  const folder = scratchFolder();
  const file = path.join(folder, "api-token");
  const { api } = openTokens(file);
  fs.chmodSync(folder, 0o777);
  expect(() => asOrdinaryUser(() => openTokens(file))).toThrow(/another user/);
  expect(openTokens(file).api).toBe(api);
  expect(namesIn(folder)).toEqual(["api-token"]);
});

test("secrets are compared by their whole content", () => {
  expect(isSame("secret", "secret")).toBe(true);
  for (const given of ["", "secre", "secret ", "secreT", "secrets"])
    expect(isSame(given, "secret")).toBe(false);
});
