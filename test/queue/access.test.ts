import fs from "node:fs";
import os from "node:os";
import { afterEach, expect, it, vi } from "vitest";
import { mayWriteInto, userName } from "../../src/queue/access.ts";
import { giveToOrdinaryUser, scratchFolder } from "../support/scratch.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

// That another user's folder may not be written into only a process of another user can see: test/system shows it.
it("may write into a folder of its own though its mode forbids it, as it can give itself the right", () => {
  const folder = scratchFolder();
  fs.chmodSync(folder, 0o555);
  expect(mayWriteInto(folder)).toBe(true);
});

it("may write into a folder that all may write into, whosever it is", () => {
  const folder = scratchFolder();
  giveToOrdinaryUser(folder);
  fs.chmodSync(folder, 0o777);
  expect(mayWriteInto(folder)).toBe(true);
});

it("calls a user without a name, as in a container, by the number", () => {
  vi.spyOn(os, "userInfo").mockImplementation(() => {
    throw new Error("ENOENT: no such user");
  });
  expect(userName()).toBe(String(process.geteuid?.()));
});
